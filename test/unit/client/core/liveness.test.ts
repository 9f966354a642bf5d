import {
  CHECK_MS,
  connectedAt,
  isSilent,
  onCheck,
  onMessage,
  onPackets,
  onSuspicion,
  type Signs,
} from '../../../../client/src/core/liveness.ts';

/** When it is found to be silent, by looks at the usual times; `until` where it is not. */
function silentAt(signs: Signs, until: number): number {
  let watched = signs;
  for (let now = signs.checkedAt; now <= until; now += CHECK_MS) {
    watched = onCheck(watched, now);
    if (isSilent(watched, now)) return now;
  }
  return until;
}

describe('a connection', () => {
  it('is lost 2.5 s after the last message, once the channel has spoken', () => {
    const signs = onMessage(connectedAt(0), 0);
    expect(silentAt(signs, 10_000)).toBe(2_750);
    expect(isSilent(onMessage(signs, 2_400), 4_900)).toBe(false);
    // Packets say nothing about the service: it may be another that answers to STUN.
    expect(silentAt(onPackets(signs, 2_400), 10_000)).toBe(2_750);
  });

  it('is lost 5 s after the last packet, without the channel', () => {
    expect(silentAt(connectedAt(0), 10_000)).toBe(5_250);
    expect(isSilent(onPackets(connectedAt(0), 3_000), 8_000)).toBe(false);
  });

  it('is lost in a hidden page, which has a turn each second, too', () => {
    let signs = onMessage(connectedAt(0), 0);
    for (let now = 1_001; now < 4_000; now += 1_001) signs = onCheck(signs, now);
    expect(isSilent(signs, 3_003)).toBe(true);
  });

  it('gets the time of a ping when the page slept, and is lost when none comes', () => {
    const slept = onMessage(connectedAt(0), 0);
    const awake = onCheck(slept, 60_000);
    expect(isSilent(awake, 60_000)).toBe(false);
    expect(isSilent(awake, 61_400)).toBe(false);
    expect(isSilent(awake, 61_500)).toBe(true);
    expect(isSilent(onMessage(awake, 61_000), 61_500)).toBe(false);
  });

  it('is given up earlier when the network has changed', () => {
    const suspect = onSuspicion(onMessage(connectedAt(0), 10_000), 10_000);
    expect(isSilent(suspect, 11_500)).toBe(false);
    expect(isSilent(suspect, 11_501)).toBe(true);
    expect(isSilent(onMessage(suspect, 11_000), 13_000)).toBe(false);
    const packets = onSuspicion(onPackets(connectedAt(0), 10_000), 10_000);
    expect(isSilent(packets, 12_500)).toBe(false);
    expect(isSilent(packets, 12_501)).toBe(true);
  });

  it('is not believed to live longer because the network has changed', () => {
    const late = onMessage(connectedAt(0), 0);
    expect(isSilent(onSuspicion(late, 2_400), 2_501)).toBe(true);
  });
});
