import { withoutSources, withSources } from '../../../src/sdp/source-lines.ts';

const text = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('');

const COMPLETE = text(
  ...['v=0', 'm=audio 9 RTP/AVP 111', 'a=ssrc:1 msid:a b', 'a=ssrc:1 cname:c', 'a=mid:0'],
  ...['m=video 9 RTP/AVP 96', 'a=ssrc-group:FID 2 3', 'a=ssrc:2 cname:c', 'a=ssrc:3 cname:c', 'm=application 9 x y'],
);
const BARE = text(
  ...['v=0', 'm=audio 9 RTP/AVP 111', 'a=mid:0'],
  ...['m=video 9 RTP/AVP 96', 'a=ssrc-group:FID 2 3', 'm=application 9 x y'],
);

test('the lines of its SSRCs are taken out of an answer, and nothing else', () => {
  expect(withoutSources(COMPLETE)).toBe(BARE);
  expect(withoutSources(BARE)).toBe(BARE);
});

test('they come back into their sections, behind what was written there meanwhile', () => {
  const gathered = BARE.replace('a=mid:0\r\n', 'a=mid:0\r\na=candidate:1\r\n');
  expect(withSources(gathered, COMPLETE)).toBe(
    text(
      ...['v=0', 'm=audio 9 RTP/AVP 111', 'a=mid:0', 'a=candidate:1', 'a=ssrc:1 msid:a b', 'a=ssrc:1 cname:c'],
      ...['m=video 9 RTP/AVP 96', 'a=ssrc-group:FID 2 3', 'a=ssrc:2 cname:c', 'a=ssrc:3 cname:c'],
      'm=application 9 x y',
    ),
  );
});
