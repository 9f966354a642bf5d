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
export function report(what: string, returns: readonly Return[]): void {
  const times = (name: 'noticed' | 'there' | 'picture'): string => returns.map((each) => each[name]).join(', ');
  process.stdout.write(
    `${what}: noticed after ${times('noticed')} ms, there after ${times('there')} ms, a picture ${times('picture')} ms later\n`,
  );
}
