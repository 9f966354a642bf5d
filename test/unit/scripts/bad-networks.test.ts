import { tableOf, written } from '../../../scripts/lib/bad-networks.mjs';

const got = (concealed: number, pauseMs: number, video = 0) => ({ concealed, lost: { audio: 0, video }, pauseMs });

it('sets what was measured beside what was promised, and the worst that the others got', () => {
  const row = {
    fault: '1 % lost',
    promised: { concealed: 0.04, pauseMs: 500, fewer: null, recoveryMs: 2_000 },
    promisedOthers: got(0.03, 1_000),
    ...{ bitrate: 1_234_000, got: { ...got(0.0123, 240), share: 0.5 }, fewerAfterMs: null, recoveryMs: 1_449 },
    others: [got(0.001, 90), got(0, 110, 2)],
  };
  const fewer = {
    ...row,
    promised: { ...row.promised, pauseMs: null, fewer: { withinMs: 6_000, share: 0.75 } },
    fewerAfterMs: 3_141,
  };
  const others = '0, 2; 0.1 %; 0.1 s (0, 0; 3 %; 1.0 s)';
  expect(tableOf([row, fewer]).split('\n').slice(2)).toEqual([
    `| 1 % lost | 1.2 % (4 %) | 0.2 s (0.5 s) | all | 1.4 s (2.0 s) | ${others} |`,
    `| 1 % lost; 1.2 Mbit/s come before | 1.2 % (4 %) | 0.2 s | fewer after 3.1 s (6.0 s), then 50 % (75 %) | 1.4 s (2.0 s) | ${others} |`,
  ]);
});

it('puts it in place of what was there, and throws where there is no place', () => {
  const page = 'a\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nb\n';
  const now = written(page, 'new');
  expect(now).toBe('a\n<!-- measured: begin -->\n\nnew\n\n<!-- measured: end -->\nb\n');
  expect(written(now, 'new')).toBe(now);
  expect(() => written('nothing', 'new')).toThrow('no <!-- measured');
});
