// The same as in bad-networks.test.ts, of a kernel: the far one is behind a router that loses by nftables and holds up by tbf.
import { jest } from '@jest/globals';
import { BrowserClient } from '../support/browser/client.ts';
import { EGRESS } from '../support/egress.ts';
import { NetworkStage } from '../support/network/browser-stage.ts';
import { noNamespaces } from '../support/network/lab.ts';
import { holdTo, meet, offerFor, SECTIONS } from './hold.ts';
import { ROWS, type Row } from './rows.ts';

jest.setTimeout(240_000);

const missing = noNamespaces();
const inNamespaces = missing === null ? describe : describe.skip;
const BY_KERNEL = ROWS.flatMap(({ kernel, fault, ...row }) =>
  kernel === undefined ? [] : [{ ...row, kernel, fault: `${fault}, by ${kernel.rate ? 'tbf' : 'nftables'}` }],
);

inNamespaces(`a router with a kernel${missing === null ? '' : ` (${missing})`}`, () => {
  let stage: NetworkStage;
  const clients: BrowserClient[] = [];
  beforeAll(async () => {
    stage = await NetworkStage.start({ EGRESS });
  });
  afterEach(() => Promise.all(clients.splice(0).map(({ tab }) => tab.close())));
  afterAll(() => stage.close());

  const connected = async (
    userid: string,
    { chromium, url }: Pick<NetworkStage, 'chromium' | 'url'>,
    row: Pick<Row, 'busy'>,
  ) => {
    const client = new BrowserClient(await chromium.newTab(), url, userid);
    clients.push(client);
    await client.open('/empty');
    await client.connect({ ...offerFor(row), sections: SECTIONS });
    return client;
  };

  test.each(BY_KERNEL)('$fault', async (row) => {
    const near = await stage.near();
    const three = {
      far: await connected('far', stage, row),
      ann: await connected('ann', near, row),
      ben: await connected('ben', near, row),
    };
    await meet(three, (client) => client.joinByPage(row.fault));
    await holdTo(row, three, { spoil: () => stage.impose(row.kernel), mend: () => stage.restore(row.kernel) });
  });
});
