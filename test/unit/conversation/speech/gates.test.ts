import type { PeerId } from '../../../../src/base/ids.ts';
import { advance, createSpeech } from '../../../../src/conversation/speech/speech.ts';
import { TUNING } from '../../../../src/conversation/speech/tuning.ts';
import type { SpeechSample } from '../../../../src/conversation/speech/types.ts';

/** Whose quiet packets are held, and from which level on. */

const [speaker, other, third] = ['speaker', 'other', 'third'].map((id) => id as PeerId) as [PeerId, PeerId, PeerId];
type Levels = Readonly<Partial<Record<string, readonly number[]>>>;

const five = (level: number): number[] => new Array<number>(5).fill(level);
const speech = [-20, -24, -18, -26, -20];

class Room {
  #state = createSpeech();
  #now = 5000;
  readonly #present: readonly PeerId[];

  constructor(...present: PeerId[]) {
    this.#present = present;
  }

  /** So many ms. */
  pass(time: number, levels: Levels): ReadonlyMap<PeerId, number> {
    for (let i = 0; i < time / 100; i++) {
      const samples = new Map<PeerId, SpeechSample>();
      for (const id of this.#present) {
        const own = levels[id];
        if (own !== undefined) samples.set(id, { packets: 5, bytes: 400, levels: own, voiced: 0 });
      }
      this.#state = advance(this.#state, samples, this.#present, (this.#now += 100));
    }
    return this.#state.result.gates;
  }
}

const QUIET = { speaker: five(-78), other: five(-78), third: five(-78) };

describe('gates', () => {
  let room: Room;
  beforeEach(() => {
    room = new Room(speaker, other, third);
    room.pass(2000, QUIET);
  });

  it('are for those who are silent beside a speaker, and not for the speaker', () => {
    expect(room.pass(1000, QUIET).size).toBe(0);
    const gates = room.pass(200, { ...QUIET, speaker: speech });
    expect([...gates]).toEqual([
      [other, -60],
      [third, -60],
    ]);
  });

  it('stay for the pauses of the speaker, and go when nobody speaks', () => {
    const gates = room.pass(3000, { ...QUIET, speaker: speech });
    expect(room.pass(1500, QUIET)).toBe(gates);
    expect(room.pass(TUNING.gateRelease, QUIET).size).toBe(0);
  });

  it('are not there for who speaks as well, or says a word', () => {
    room.pass(1000, { ...QUIET, speaker: speech });
    expect([...room.pass(300, { ...QUIET, speaker: speech, other: speech }).keys()]).toEqual([third]);
    const word = [-78, -78, -78, -40, -40];
    expect([...room.pass(100, { ...QUIET, speaker: speech, third: word }).keys()]).toEqual([other]);
  });

  it('come at once for who falls silent while another speaks', () => {
    room.pass(1000, { ...QUIET, speaker: speech, other: speech });
    expect(room.pass(100, { ...QUIET, speaker: speech }).get(other)).toBe(-60);
  });

  it('come at once for who falls silent as another begins', () => {
    room.pass(1000, { ...QUIET, speaker: speech });
    const turn = { speaker: [-20, -20, -20, -78, -78], other: [-78, -78, -78, -20, -20], third: five(-78) };
    expect(room.pass(100, turn).get(speaker)).toBe(-60);
  });

  it('come late for noise that can be heard, and stand over its own floor', () => {
    const noise = [-50, -48, -51, -49, -50];
    room.pass(8000, { ...QUIET, other: noise });
    expect(room.pass(300, { ...QUIET, other: noise, speaker: speech }).has(other)).toBe(true);
    const talkAndStop = new Room(speaker, other);
    talkAndStop.pass(8000, { speaker: five(-78), other: noise });
    talkAndStop.pass(1000, { speaker: speech, other: speech });
    expect(talkAndStop.pass(1500, { speaker: speech, other: noise }).has(other)).toBe(false);
    const gate = talkAndStop.pass(1500, { speaker: speech, other: noise }).get(other) ?? NaN;
    expect(gate).toBeGreaterThanOrEqual(-46);
    expect(gate).toBeLessThanOrEqual(-38);
  });

  it('stay beside a loud noise, be it speech or not, for what is inaudible, until it ends', () => {
    const noise = { ...QUIET, speaker: five(-12), third: five(-50) };
    expect([...room.pass(60_000, noise)]).toEqual([[other, -60]]);
    expect(room.pass(TUNING.gateRelease, { other: five(-78), third: five(-50) }).size).toBe(0);
  });

  it('are never higher than -30 dBov', () => {
    const gateOver = (noise: number): number | undefined => {
      room.pass(20_000, { ...QUIET, other: five(noise) });
      return room.pass(5000, { ...QUIET, other: five(noise), speaker: speech }).get(other);
    };
    expect(gateOver(-36)).toBe(-30);
    expect(gateOver(-25)).toBeUndefined();
  });

  it('are never for who sends no levels', () => {
    const samples = { ...QUIET, other: [] };
    room.pass(5000, samples);
    const gates = room.pass(5000, { ...samples, speaker: speech });
    expect([...gates.keys()]).toEqual([third]);
  });

  it('stay the same object while nothing changes', () => {
    const gates = room.pass(3000, { ...QUIET, speaker: speech });
    expect(room.pass(3000, { ...QUIET, speaker: speech })).toBe(gates);
    room.pass(8000, { ...QUIET, other: five(-50) });
    const over = (noise: number): ReadonlyMap<PeerId, number> => {
      room.pass(300, { ...QUIET, other: five(noise) });
      return room.pass(3000, { ...QUIET, speaker: speech, other: five(noise) });
    };
    const before = over(-50);
    expect(before.get(other)).toBe(-41);
    expect(over(-46)).toBe(before);
    expect(over(-50)).toBe(before);
  });
});
