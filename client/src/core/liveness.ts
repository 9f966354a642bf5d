/** When signs of life were seen, in ms of one clock. */
export interface Signs {
  /** The last message on the events channel; null before its first, and without it. */
  readonly messageAt: number | null;
  /** The last time that the counters of the transport had grown: packets or answers to STUN. */
  readonly packetAt: number;
  readonly checkedAt: number;
  /** Nothing is judged before. */
  readonly graceUntil: number;
}

/** The service pings each second. */
export const SILENT_MS = 2_500;
/** Answers to STUN come every few seconds. */
export const SILENT_WITHOUT_CHANNEL_MS = 5_000;
/** How often to look. */
export const CHECK_MS = 250;
/** A page that got no turn for so long may have messages waiting: it slept, or was busy. A hidden one has a turn a second. */
const LATE_MS = 2_000;
/** Long enough for the next ping. */
const GRACE_MS = 1_500;

export const connectedAt = (now: number): Signs => ({
  messageAt: null,
  packetAt: now,
  checkedAt: now,
  graceUntil: now,
});

export const onMessage = (signs: Signs, now: number): Signs => ({ ...signs, messageAt: now });

export const onPackets = (signs: Signs, now: number): Signs => ({ ...signs, packetAt: now });

/** A look at the clock: to be called every `CHECK_MS`. */
export const onCheck = (signs: Signs, now: number): Signs => ({
  ...signs,
  checkedAt: now,
  graceUntil: now - signs.checkedAt > LATE_MS ? now + GRACE_MS : signs.graceUntil,
});

/** The network changed: a way that still works shows it within a ping, and no longer is waited for. */
export function onSuspicion(signs: Signs, now: number): Signs {
  const { messageAt, packetAt } = signs;
  const limit = messageAt === null ? SILENT_WITHOUT_CHANNEL_MS / 2 : GRACE_MS;
  return {
    ...signs,
    messageAt: messageAt === null ? null : Math.min(messageAt, now - SILENT_MS + limit),
    packetAt: messageAt === null ? Math.min(packetAt, now - SILENT_WITHOUT_CHANNEL_MS + limit) : packetAt,
  };
}

/** Whether the service or the way to it is gone. */
export function isSilent({ messageAt, packetAt, graceUntil }: Signs, now: number): boolean {
  if (now < graceUntil) return false;
  return messageAt === null ? now - packetAt > SILENT_WITHOUT_CHANNEL_MS : now - messageAt > SILENT_MS;
}
