import { hasSlot, mediaSections } from '../../../src/sdp/plan.ts';
import { repairsOf } from '../../../src/sdp/repairs.ts';
import { edit, plan, readAnswer, readOffer } from './support.ts';

const offer = plan(readOffer('chromium-156-events'));
const answer = readAnswer('chromium-156-events');

test('each slot with RTX has the SSRC and the payload type that the answer announces', () => {
  const video = mediaSections(offer).filter((section) => hasSlot(section) && section.kind === 'video');
  expect(video).toHaveLength(3);
  expect(repairsOf(answer, offer)).toEqual(
    [1068141073, 2681664411, 993918764].map((ssrc, i) => ({ mline: video[i]?.mline, ssrc, payloadType: 97 })),
  );
});

test.each([
  ['no group of its SSRC', /a=ssrc-group:FID 268438261 /, 'a=ssrc-group:FID 2942052597 '],
  ['another kind of group', /a=ssrc-group:FID 268438261 /, 'a=ssrc-group:SIM 268438261 '],
  ['three in its group', 'a=ssrc-group:FID 268438261 2681664411', 'a=ssrc-group:FID 268438261 2681664411 7'],
])('a slot has none where the answer has %s', (_, from, to) => {
  const ssrcs = repairsOf(edit(answer, from, to), offer).map(({ ssrc }) => ssrc);
  expect(ssrcs).toEqual([1068141073, 993918764]);
});

test('no slot has any where the payload type is not said', () => {
  expect(repairsOf(answer.replaceAll('apt=96', 'apt=95'), offer)).toEqual([]);
  expect(repairsOf(answer.replaceAll(/a=fmtp:97 .*\r\n/g, ''), offer)).toEqual([]);
});
