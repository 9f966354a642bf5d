// Networks that lose, delay, reorder and break off, between the service and one client in Chromium: those of a relay. What it
// gets, and that the others notice nothing, is held against rows.ts; `npm run test:bad-networks` makes a table of it.
import { jest } from '@jest/globals';
import { Stage } from '../support/browser/stage.ts';
import { EGRESS } from '../support/egress.ts';
import { PLAIN } from '../support/relay.ts';
import { holdTo, meet, offerFor, SECTIONS } from './hold.ts';
import { ROWS } from './rows.ts';

jest.setTimeout(240_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start({ EGRESS, LOG_LEVEL: 'info' });
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

test.each(ROWS)('$fault', async (row) => {
  const [far, ann, ben] = [await stage.client('far'), await stage.client('ann'), await stage.client('ben')] as const;
  const relay = await far.connectVia(() => ({ up: PLAIN, down: PLAIN }), SECTIONS, offerFor(row));
  for (const other of [ann, ben]) await other.connect({ ...offerFor(row), sections: SECTIONS });
  await meet({ far, ann, ben }, (client) => client.join(row.fault));
  const turn = (ways: object) => () => void Object.assign(relay, ways);
  await holdTo(row, { far, ann, ben }, { spoil: turn(row.network()), mend: turn({ up: PLAIN, down: PLAIN }) });
  relay.close();
});
