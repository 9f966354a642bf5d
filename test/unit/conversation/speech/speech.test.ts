import type { PeerId } from '../../../../src/base/ids.ts';
import { advance, createSpeech, renamed, type SpeechState } from '../../../../src/conversation/speech/speech.ts';
import { TUNING } from '../../../../src/conversation/speech/tuning.ts';
import type { SpeechSample } from '../../../../src/conversation/speech/types.ts';

/** One conversation, tick by tick. */

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => id as PeerId) as [PeerId, PeerId, PeerId, PeerId];

const sample = (level: number, packets = 5): SpeechSample => ({
  packets,
  bytes: packets * 80,
  levels: new Array<number>(Math.min(packets, 32)).fill(level),
  voiced: 0,
});

class Talk {
  state: SpeechState = createSpeech();
  now = 10_000;
  present: readonly PeerId[] = [a, b, c, d];
  #ticks = 0;

  /** So many ticks; who is not named is quiet, who is null sends nothing. */
  go(ticks: number, levels: Partial<Record<string, number | null>> = {}, interval = 100): void {
    for (let i = 0; i < ticks; i++) {
      this.now += interval;
      this.#ticks++;
      const packets = Math.round(interval / 20);
      const samples = new Map(
        this.present.flatMap((id): [PeerId, SpeechSample][] => {
          const level = levels[id] === undefined ? -78 : levels[id];
          return level === null ? [] : [[id, sample(level + (level > -60 ? 4 * (this.#ticks % 3) : 0), packets)]];
        }),
      );
      this.state = advance(this.state, samples, this.present, this.now);
    }
  }

  get result() {
    return this.state.result;
  }

  /** How many more quiet ticks until this is so. */
  ticksUntil(isSo: () => boolean, levels: Partial<Record<string, number | null>> = {}): number {
    let ticks = 0;
    for (; !isSo(); ticks++) {
      if (ticks > 300) throw new Error('never');
      this.go(1, levels);
    }
    return ticks;
  }
}

let talk: Talk;
beforeEach(() => {
  talk = new Talk();
  talk.go(20);
});

const SILENT = { a: null, b: null, c: null, d: null };

describe('what is new', () => {
  it('is nothing while nobody speaks', () => {
    const { result } = talk;
    talk.go(50);
    expect(talk.result).toBe(result);
    expect(result).toEqual({ heard: [], seen: [], speaking: [], gates: new Map() });
  });

  it('is a result of its own; parts that are as before stay the same', () => {
    talk.go(5, { b: -20 });
    const { heard } = talk.result;
    expect(heard).toEqual([b]);
    talk.go(30);
    expect(talk.result.heard).toBe(heard);
    expect(talk.result.speaking).toEqual([]);
  });

  it('is not even a state when nobody sends', () => {
    talk.go(20, { b: -20 });
    talk.go(60, SILENT);
    const { state } = talk;
    talk.go(50, SILENT);
    expect(talk.state).toBe(state);
  });
});

describe('who is heard', () => {
  it('begins with the second tick of a voice, and ends with nobody', () => {
    talk.go(1, { c: -20 });
    expect(talk.result.heard).toEqual([c]);
    talk.go(5);
    talk.go(2, { a: -20 });
    expect(talk.result.heard).toEqual([a, c]);
    talk.go(100);
    expect(talk.result.heard).toEqual([a, c]);
  });

  it('is not the one who begins while somebody speaks, before that turn is over', () => {
    talk.go(30, { a: -20 });
    talk.go(10, { a: -20, b: -20 });
    expect(talk.result.heard).toEqual([a, b]);
    const ticks = talk.ticksUntil(() => talk.result.heard[0] === b, { b: -20 });
    expect(ticks * 100).toBeLessThanOrEqual(TUNING.turnOver);
  });

  it('is the one who waited longest, when somebody stops', () => {
    talk.go(10, { a: -20 });
    talk.go(5, { a: -20, b: -20 });
    talk.go(5, { a: -20, b: -20, c: -20 });
    talk.go(10, { b: -20, c: -20 });
    expect(talk.result.heard).toEqual([b, c, a]);
  });

  it('is who dominates, when the other one says little and never stops', () => {
    talk.go(20, { a: -20 });
    talk.go(10, { a: -20, b: -20 });
    expect(talk.result.heard).toEqual([a, b]);
    for (let i = 0; i < 6; i++) {
      talk.go(4, { b: -20 });
      talk.go(1, { a: -20, b: -20 });
    }
    expect(talk.result.heard).toEqual([b, a]);
    expect(talk.result.speaking).toEqual([b, a]);
  });

  it('gives his place back who only came in during a pause', () => {
    talk.go(30, { a: -20 });
    talk.go(2, { b: -20 });
    expect(talk.result.heard).toEqual([b, a]);
    talk.go(1, { a: -20, b: -20 });
    expect(talk.result.heard).toEqual([a, b]);
  });

  it('is a louder voice in the end, and not a softer one', () => {
    talk.go(30, { a: -45 });
    talk.go(15, { a: -45, b: -24 });
    expect(talk.result.heard).toEqual([b, a]);
    talk.go(15, { a: -24, b: -24, c: -45 });
    expect(talk.result.heard[2]).toBe(c);
  });

  it('is later who can mark voice and does not', () => {
    const voiced = new Map([[b, { ...sample(-78), voiced: 5 }]]);
    talk.state = advance(talk.state, voiced, talk.present, (talk.now += 100));
    talk.go(1, { b: -20 });
    expect(talk.result.heard).toEqual([]);
    talk.go(1, { b: -20 });
    expect(talk.result.heard).toEqual([b]);
  });
});

describe('who is seen', () => {
  it('follows who has talked for a while, and stays while somebody only pauses', () => {
    talk.go(4, { b: -20 });
    expect(talk.result.seen).toEqual([]);
    talk.go(6, { b: -20 });
    expect(talk.result.seen).toEqual([b]);
    talk.go(15, { a: -20 });
    expect([talk.result.heard, talk.result.seen]).toEqual([
      [a, b],
      [b, a],
    ]);
    talk.go(10, { a: -20 });
    expect(talk.result.seen).toEqual([a, b]);
  });

  it('is last who was heard least recently', () => {
    for (const id of [a, b, c]) talk.go(40, { [id]: -20 });
    expect(talk.result.seen).toEqual([c, b, a]);
    talk.go(40, { b: -20 });
    expect(talk.result.seen).toEqual([b, c, a]);
    talk.go(40, { d: -20 });
    expect(talk.result.seen).toEqual([d, b, c, a]);
  });
});

describe('who is speaking', () => {
  it('is shown a little longer than he speaks', () => {
    talk.go(10, { a: -20 });
    expect(talk.result.speaking).toEqual([a]);
    const ticks = talk.ticksUntil(() => talk.result.speaking.length === 0);
    expect(ticks * 100).toBeGreaterThanOrEqual(TUNING.speakingHold - 100);
    expect(ticks * 100).toBeLessThanOrEqual(TUNING.speakingHold + 100);
  });

  it('is shown no longer when he sends nothing any more', () => {
    talk.go(10, { a: -20 });
    const ticks = talk.ticksUntil(() => talk.result.speaking.length === 0, SILENT);
    expect(ticks * 100).toBeLessThanOrEqual(TUNING.speakingHold + 100);
  });

  it('is shown no longer after one word in two ticks, behind which nothing comes', () => {
    for (const levels of [
      [-78, -78, -78, -20, -20],
      [-20, -20, -78, -78, -78],
    ]) {
      talk.state = advance(talk.state, new Map([[a, { ...sample(-78), levels }]]), talk.present, (talk.now += 100));
    }
    expect(talk.result.speaking).toEqual([a]);
    const ticks = talk.ticksUntil(() => talk.result.speaking.length === 0, SILENT);
    expect(ticks * 100).toBeLessThanOrEqual(TUNING.speakingHold + 100);
  });

  it('stands first where he dominates, else by loudness; who is as loud stays where he was', () => {
    talk.go(10, { a: -30 });
    talk.go(3, { a: -30, b: -34, c: -24 });
    expect(talk.result.speaking).toEqual([a, c, b]);
    talk.go(3, { a: -30, b: -31, c: -28, d: -29 });
    expect(talk.result.speaking.slice(0, 2)).toEqual([a, c]);
    const before = talk.result.speaking;
    talk.go(20, { a: -30, b: -29, c: -30, d: -29 });
    expect(talk.result.speaking).toEqual(before);
  });
});

describe('those who come and go', () => {
  it('are forgotten, with all that was theirs', () => {
    talk.go(15, { a: -20, b: -20 });
    talk.present = [b, c];
    talk.go(1, { b: -20 });
    expect(talk.result).toMatchObject({ heard: [b], seen: [b], speaking: [b] });
    expect([...talk.result.gates.keys()]).toEqual([c]);
    talk.present = [a, b, c];
    talk.go(1, { b: -20 });
    expect(talk.result.heard).toEqual([b]);
  });

  it('leave nothing behind, hundreds of them', () => {
    for (let i = 0; i < 500; i++) {
      const guest = `guest${i}` as PeerId;
      talk.present = [a, guest, b];
      talk.go(3, { [guest]: -20, a: i % 2 === 0 ? -20 : null });
    }
    talk.present = [a, b];
    talk.go(1);
    expect(talk.state.publishers.ids).toEqual([a, b]);
    expect(talk.state.publishers.all).toHaveLength(2);
    expect([talk.result.heard, talk.result.seen, talk.result.speaking]).toEqual([[a], [a], expect.any(Array)]);
    expect([...talk.result.gates.keys()].every((id) => id === a || id === b)).toBe(true);
  });

  it('may be there under another name', () => {
    talk.go(20, { a: -20, b: -20 });
    const e = 'e' as PeerId;
    talk.state = renamed(talk.state, a, e);
    talk.present = [e, b, c, d];
    const { heard } = talk.result;
    talk.go(1, { e: -20, b: -20 });
    expect(heard).toEqual([e, b]);
    expect(talk.result).toMatchObject({ heard, seen: [e, b] });
  });
});

describe('ticks', () => {
  it('may come a second late', () => {
    talk.go(10, { a: -20 });
    talk.go(1, { b: -20 }, 1000);
    expect(talk.result.heard).toEqual([b, a]);
    expect(talk.result.speaking[0]).toBe(b);
    talk.go(10, { b: -20 });
    expect(talk.result.heard).toEqual([b, a]);
  });

  it('may come every second, or ten times in it and again', () => {
    for (const interval of [1000, 20, 50, 250, 1000]) {
      talk.go(Math.ceil(1000 / interval), { a: -20 }, interval);
      talk.go(Math.ceil(1000 / interval), { b: -20 }, interval);
      expect(talk.result.heard).toEqual([b, a]);
      talk.go(Math.ceil(3000 / interval), {}, interval);
      expect(talk.result.speaking).toEqual([]);
      talk.go(20);
    }
  });

  it('may come an hour later', () => {
    talk.go(20, { a: -20, b: -20 });
    talk.now += 3_600_000;
    talk.go(1);
    expect(talk.result).toMatchObject({ heard: [a, b], speaking: [], gates: new Map() });
    talk.go(2, { c: -20 });
    expect(talk.result.heard[0]).toBe(c);
  });

  it('may come at the same time', () => {
    talk.go(10, { a: -20 });
    talk.go(3, { a: -20 }, 0);
    expect(talk.result).toMatchObject({ heard: [a], speaking: [a] });
  });

  it('cut nothing off: a packet loss or a late packet is no silence', () => {
    talk.go(10, { a: -20 });
    talk.go(1, SILENT, 40);
    talk.go(1, { a: -20, b: -20 }, 60);
    expect(talk.result.heard[0]).toBe(a);
  });
});

describe('packets', () => {
  it('of one size, without levels, are speech behind a silence', () => {
    const speech = new Map([[a, { packets: 5, bytes: 400, levels: [], voiced: 0 }]]);
    const say = (ticks: number): void => {
      for (let i = 0; i < ticks; i++) talk.state = advance(talk.state, speech, [a], (talk.now += 100));
    };
    talk = new Talk();
    say(10);
    expect(talk.result.heard).toEqual([]);
    talk.present = [a];
    talk.go(5, SILENT);
    say(3);
    expect(talk.result.heard).toEqual([a]);
  });

  it('count for the time that has passed, however many they are', () => {
    talk.present = [a];
    talk.state = advance(talk.state, new Map([[a, sample(-20, 32)]]), [a], (talk.now += 20));
    expect(talk.state.publishers.get(a)?.run).toBeLessThanOrEqual(5);
    const cough = (packets: number) => ({
      ...sample(-78, packets),
      levels: [...new Array<number>(packets - 3).fill(-78), -5, -5, -5],
    });
    const other = new Talk();
    other.go(20);
    other.state = advance(other.state, new Map([[a, cough(5)]]), other.present, (other.now += 100));
    other.go(3);
    expect(other.result.heard).toEqual([]);
  });
});
