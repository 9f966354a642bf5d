import type { CallPage, Told } from '../support/browser/call-page.ts';
import { eventually } from '../support/eventually.ts';

/** How somebody's connection was lost and came back; times in ms. */
export interface Return {
  /** From the end to the state `reconnecting`. */
  readonly noticed: number;
  /** From the end until the service, or the way to it, was there again. */
  readonly there: number;
  /** From the later of the two to the first sound. */
  readonly sound: number;
  /** And to the first picture. */
  readonly picture: number;
  readonly states: readonly Told['event'][];
}

/** What is promised of two people, on a machine that does nothing else. */
const NOTICED_WITHIN_MS = 3_000;
export const BACK_WITHIN_MS = 3_000;
/** And whatever else it does. */
const AT_MOST_MS = 10_000;

/**
 * A time that is promised of a machine that does nothing else, on one that does: whoever comes back has what the others do not take,
 * and what goes on anyway does not.
 * @param others, usual parts of all processors, 0 to 1: that of others, and what the test takes when nothing happens
 */
export const stretched = (ms: number, others: number, usual = 0): number =>
  (ms * (1 - usual)) / Math.max(0.01, 1 - usual - others);

export const limitsWith = (others: number): { readonly noticed: number; readonly back: number } => ({
  noticed: Math.min(AT_MOST_MS, stretched(NOTICED_WITHIN_MS, others)),
  back: Math.min(AT_MOST_MS, stretched(BACK_WITHIN_MS, others)),
});

/** Waits until a page hears and sees somebody again. */
export async function theReturn(page: CallPage, userid: string, endedAt: number, thereAt: number): Promise<Return> {
  const soundAfter = await page.listenTo(userid);
  const states = async (): Promise<readonly Told[]> => (await page.told('state')).filter(({ at }) => at >= endedAt);
  const lost = await eventually('it is noticed', async () => (await states())[0] ?? null, 60);
  const from = Math.max(lost.at, thereAt);
  await eventually(
    'it is connected again',
    async () => ((await states()).some(({ event }) => event['state'] === 'connected') ? true : null),
    60,
  );
  const [soundAt, frameAt] = await Promise.all([soundAfter(from, 60), page.frameAfter(userid, from, 60)]);
  return {
    noticed: lost.at - endedAt,
    there: thereAt - endedAt,
    sound: soundAt - from,
    picture: frameAt - from,
    states: (await states()).map(({ event }) => event),
  };
}

/** When both are back. */
export const backAfter = ({ sound, picture }: Return): number => Math.max(sound, picture);

/** Tells the times, and which part of the processors others had. */
export function report(what: string, returns: readonly Return[], others: readonly number[]): void {
  const times = (name: 'noticed' | 'there' | 'sound' | 'picture'): string =>
    returns.map((each) => each[name]).join(', ');
  const percents = others.map((each) => Math.round(each * 100)).join(', ');
  process.stdout.write(
    `${what}: noticed after ${times('noticed')} ms, there after ${times('there')} ms, sound ${times('sound')} ms later, ` +
      `a picture ${times('picture')} ms later; others had ${percents} % of the processors\n`,
  );
}
