import type { CallPage, Told } from '../support/browser/call-page.ts';
import { eventually } from '../support/eventually.ts';

/** How somebody's connection was lost and came back; times in ms. */
export interface Return {
  /** From the end to the state `reconnecting`. */
  readonly noticed: number;
  /** From the end until the service, or the way to it, was there again. */
  readonly there: number;
  /** From the later of the two to the first picture. */
  readonly picture: number;
  readonly states: readonly Told['event'][];
}

/** Waits until a page sees somebody again. */
export async function theReturn(page: CallPage, userid: string, endedAt: number, thereAt: number): Promise<Return> {
  const states = async (): Promise<readonly Told[]> => (await page.told('state')).filter(({ at }) => at >= endedAt);
  const lost = await eventually('it is noticed', async () => (await states())[0] ?? null, 60);
  const from = Math.max(lost.at, thereAt);
  await eventually(
    'it is connected again',
    async () => ((await states()).some(({ event }) => event['state'] === 'connected') ? true : null),
    60,
  );
  const frameAt = await page.frameAfter(userid, from, 60);
  return {
    noticed: lost.at - endedAt,
    there: thereAt - endedAt,
    picture: frameAt - from,
    states: (await states()).map(({ event }) => event),
  };
}

/** What is measured depends on the machine: it is told, not judged. */
export const report = (what: string, { noticed, there, picture }: Return): void => {
  process.stdout.write(
    `${what}: noticed after ${noticed} ms, there after ${there} ms, a picture ${picture} ms later\n`,
  );
};
