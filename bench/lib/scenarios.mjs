// What is played: who is in which conversation, and what he sends and can receive.

/**
 * @typedef {import('./figures.mjs').Member} Member
 * @typedef {{ name: string, title: string, members: Member[] }} Scenario
 */

const NOTHING = { audio: 0, video: 0 };

/** Everybody sends and hears everybody. A section that sends also receives one other. */
const rooms = (count, size, sends) =>
  Array.from({ length: count * size }, (_, n) => ({
    id: n + 1,
    room: Math.floor(n / size),
    sends,
    slots: Object.assign({}, NOTHING, ...sends.map((kind) => ({ [kind]: Math.max(0, size - 2) }))),
  }));

const lecture = (listeners, kind) => [
  { id: 1, room: 0, sends: [kind], slots: NOTHING },
  ...Array.from({ length: listeners }, (_, n) => ({ id: n + 2, room: 0, sends: [], slots: { ...NOTHING, [kind]: 1 } })),
];

const silent = (count) =>
  lecture(count, 'audio').map((member) => ({ ...member, sends: [], slots: { audio: 1, video: 0 } }));

/** `size`: what is scaled down. */
const MAKERS = {
  'audio-room': { size: 10, title: (n) => `${n}×${n - 1} audio`, members: (n) => rooms(1, n, ['audio']) },
  'audio-rooms': { size: 10, title: (n) => `${n} rooms × 4 audio`, members: (n) => rooms(n, 4, ['audio']) },
  'audio-lecture': { size: 50, title: (n) => `1→${n} audio`, members: (n) => lecture(n, 'audio') },
  'video-room': { size: 4, title: (n) => `${n}-way audio and video`, members: (n) => rooms(1, n, ['audio', 'video']) },
  'video-lecture': { size: 40, title: (n) => `1→${n} video`, members: (n) => lecture(n, 'video') },
  idle: { size: 40, title: (n) => `${n} idle listeners`, members: (n) => silent(n - 1) },
};

export const SCENARIOS = Object.keys(MAKERS);

/** Whether anybody sends. @param {readonly Member[]} members */
export const forwards = (members) => members.some(({ sends }) => sends.length > 0);

/** What the floor loop does beside it: publishers, and receivers of each. Null where there is nothing to forward. */
export function floorOf(members) {
  const publishers = members.filter(({ sends }) => sends.length > 0);
  // The floor has packets of one kind.
  if (publishers.length === 0 || publishers.some(({ sends }) => sends.length > 1)) return null;
  const [{ room, sends }] = publishers;
  const receivers = members.filter((member) => member.room === room).length - 1;
  return { publishers: publishers.length, receivers, kind: sends[0] };
}

/**
 * @param {string} name
 * @param {number} scale from 0 (two) to 1
 * @returns {Scenario}
 */
export function scenario(name, scale) {
  if (!(name in MAKERS)) throw new Error(`no such scenario: ${name}. There are: ${SCENARIOS.join(', ')}`);
  const { size, title, members } = MAKERS[name];
  const scaled = Math.max(2, Math.round(size * scale));
  return { name, title: title(scaled), members: members(scaled) };
}
