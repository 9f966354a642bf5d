import { Caller } from './caller.ts';
import { eventually } from './eventually.ts';
import type { ServiceProcess } from './service-process.ts';

/** Users of one service by its own doors, who leave when the test is over. */
export class Callers implements AsyncDisposable {
  readonly #service: ServiceProcess;
  readonly #callers: Caller[] = [];

  constructor(service: ServiceProcess) {
    this.#service = service;
  }

  async connect(userid: string): Promise<Caller> {
    const caller = await Caller.connect(this.#service.port, userid, { 'X-Proxy-Secret': this.#service.secret });
    this.#callers.push(caller);
    return caller;
  }

  /** Ann and Bob, who talk and hear each other. */
  async inCall(): Promise<[Caller, Caller]> {
    const pair: [Caller, Caller] = [await this.connect('ann'), await this.connect('bob')];
    for (const caller of pair) {
      const status = await caller.join('room');
      if (status !== 200) throw new Error(`${caller.userid} may not join: ${status}`);
      caller.talk();
    }
    await Promise.all(pair.map((caller) => caller.hears()));
    return pair;
  }

  async leave(caller: Caller): Promise<void> {
    this.#callers.splice(this.#callers.indexOf(caller), 1);
    await caller.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#callers.splice(0)) await caller.close();
  }
}

/** Packets that came for these ears in a time. */
export const heardIn = async (caller: Caller, ms: number): Promise<number> => {
  const before = await caller.heard();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (await caller.heard()) - before;
};

/**
 * Resolves when nearly all that `speaker` says from now on is heard, in 100 to 400 packets; throws where it is not. It
 * compares the two counts and no times: on a busy machine both are late. More packets would hide a hole of a second.
 */
export const hearsAll = async (listener: Caller, speaker: Caller): Promise<void> => {
  const before = { said: speaker.said, heard: await listener.heard() };
  await eventually(
    `${listener.userid} hears what ${speaker.userid} says`,
    async () => {
      const heard = (await listener.heard()) - before.heard;
      const said = speaker.said - before.said;
      return said >= 100 && said <= 400 && heard >= said * 0.9 ? true : null;
    },
    30,
  );
};
