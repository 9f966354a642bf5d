import { jest } from '@jest/globals';
import { slots } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start({ VIDEO_CODEC: 'H264' });
});
afterAll(() => stage.close());

test('a deployment on H264 forwards H264: three clients see each other', async () => {
  const clients = await Promise.all(['ann', 'ben', 'cid'].map((name) => stage.client(name)));
  for (const client of clients) {
    expect(await client.connect({ sections: slots(2, 2) })).toMatchObject({ code: 1000 });
    expect(await client.tab.evaluate('client.answer()')).toMatch(/^a=rtpmap:\d+ H264\/90000\r$/m);
    expect(await client.tab.evaluate('client.answer()')).not.toMatch(/^a=rtpmap:\d+ VP8/m);
    expect(await client.join('h264')).toBe(200);
  }
  await Promise.all(clients.map((client) => client.receiving('video', 2, 60)));
});
