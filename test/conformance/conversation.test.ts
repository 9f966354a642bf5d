import { jest } from '@jest/globals';
import { slots, type BrowserClient, type ConnectOptions } from '../support/browser/client.ts';
import { ask, claim } from '../support/client.ts';
import { ESTABLISHED, inEachBrowser, told } from '../support/conformance/browsers.ts';
import { eventually } from '../support/eventually.ts';
import { startService, stopServices } from '../support/service.ts';

jest.setTimeout(150_000);

const PEER_TIMEOUT = 8;

inEachBrowser(
  (lab) => {
    const connected = async (
      userid: string,
      { device = '', ...options }: Partial<ConnectOptions> & { device?: string } = {},
    ): Promise<BrowserClient> => {
      const client = await lab().client(userid, device);
      expect(await client.connect({ sections: slots(2, 0), ...options })).toEqual(ESTABLISHED);
      return client;
    };

    test('P-50 a join may come before the connection, or after it', async () => {
      const early = await lab().client('early');
      expect(await early.join('whenever')).toBe(200);
      expect(await early.connect({ sections: slots(1, 0) })).toEqual(ESTABLISHED);
      const late = await connected('late');
      expect(await late.join('whenever')).toBe(200);
      await Promise.all([early, late].map((client) => client.receiving('audio', 1)));
    });

    test('P-51 all devices of a user are in his conversation; each hears the others, and not itself', async () => {
      const desk = await connected('ann', { device: 'desk' });
      expect(await desk.join('devices')).toBe(200);
      const phone = await connected('ann', { device: 'phone' });
      await Promise.all([desk.receiving('audio', 1), phone.receiving('audio', 1)]);
      const { sections } = await desk.stats();
      expect(sections.filter(({ packets }) => packets > 0)).toHaveLength(1);
    });

    test('P-52 a user is in one conversation: joining another leaves the one before', async () => {
      const options = { channel: 'events' };
      const [ann, ben] = [await connected('ann', options), await connected('ben', options)];
      for (const client of [ann, ben]) expect(await client.join('first')).toBe(200);
      await told(ann, 'two members', ({ members }) => members.length === 2);
      expect(await ben.join('second')).toBe(200);
      await told(ann, 'ben is gone', ({ members }) => members.length === 1);
      await told(ben, 'the second', ({ conversation }) => conversation === 'second');
      expect(await ben.leave('second')).toBe(204);
      await told(ben, 'none', ({ conversation, members }) => conversation === null && members.length === 0);
      expect(await ben.leave('second')).toBe(404);
    });

    test('P-53 a client that closes its connection is gone at once', async () => {
      const [ann, ben] = [await connected('ann', { channel: 'events' }), await connected('ben')];
      for (const client of [ann, ben]) expect(await client.join('closes')).toBe(200);
      await told(ann, 'two members', ({ members }) => members.length === 2);
      await ben.disconnect();
      await told(ann, 'ben is gone', ({ members }) => members.length === 1);
    });

    test('P-54 one that sends no media lives on; one that vanishes is ended after PEER_TIMEOUT', async () => {
      const ann = await connected('ann', { sections: [{ kind: 'audio', direction: 'recvonly' }], channel: 'events' });
      const ben = await connected('ben', { sections: [], channel: 'events' });
      for (const client of [ann, ben]) expect(await client.join('silence')).toBe(200);
      await told(ann, 'two members', ({ members }) => members.length === 2);
      for (let round = 0; round < 2; round += 1) {
        const gone = await connected('gone', { channel: 'events' });
        expect(await gone.join('silence')).toBe(200);
        await told(ann, 'three members', ({ members }) => members.length === 3);
        await gone.tab.close();
        await eventually(
          'it is ended',
          async () => {
            const { members } = await told(ann, 'a roster', () => true);
            return members.length === 2 ? true : null;
          },
          60,
        );
      }
      for (const client of [ann, ben]) expect((await client.stats()).transport).toBe('connected');
    });
  },
  { PEER_TIMEOUT: String(PEER_TIMEOUT) },
);

describe('a plain client', () => {
  afterEach(stopServices);

  test('P-55 a join is answered 200 with an empty body, a leave 204, and what is not a join with a code', async () => {
    const { port } = await startService();
    const request = (method: string, path: string, headers = claim('ann')): ReturnType<typeof ask> =>
      ask(port, path, { method, headers });
    expect(await request('POST', '/join/a%2Fb')).toMatchObject({ status: 200, body: '' });
    expect(await request('POST', '/join/a%2Fb')).toMatchObject({ status: 200, body: '' });
    expect(await request('DELETE', '/join/a%2Fb')).toMatchObject({ status: 204, body: '' });
    expect(await request('DELETE', '/join/a%2Fb')).toMatchObject({ status: 404 });
    expect(await request('POST', '/join/%E0')).toMatchObject({ status: 400 });
    expect(await request('POST', `/join/${'x'.repeat(257)}`)).toMatchObject({ status: 400 });
    expect(await request('POST', '/join/a', { 'X-User-Claim': '{}' })).toMatchObject({ status: 400 });
  });
});
