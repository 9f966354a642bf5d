import { tableOf, written } from '../../../scripts/lib/bad-networks.mjs';

const got = (concealed: number, pauseMs: number) => ({ concealed, lost: 0, pauseMs });

it('sets what was measured beside what was promised, and the worst that the others got', () => {
  const row = {
    fault: '1 % lost',
    promised: { concealed: 0.04, pauseMs: 500, recoveryMs: 2_000 },
    ...{ got: got(0.0123, 240), video: 'all', recoveryMs: 1_449 },
    others: [got(0.001, 90), got(0, 110)],
  };
  const without = { ...row, promised: { ...row.promised, pauseMs: null }, video: 'none' };
  expect(tableOf([row, without]).split('\n').slice(2)).toEqual([
    '| 1 % lost | 1.2 % (4 %) | 0.2 s (0.5 s) | 1.4 s (2.0 s) | all | 0.1 %, 0.1 s |',
    '| 1 % lost | 1.2 % (4 %) | – | 1.4 s (2.0 s) | none | 0.1 %, 0.1 s |',
  ]);
});

it('puts it in place of what was there, and throws where there is no place', () => {
  const page = 'a\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nb\n';
  const now = written(page, 'new');
  expect(now).toBe('a\n<!-- measured: begin -->\n\nnew\n\n<!-- measured: end -->\nb\n');
  expect(written(now, 'new')).toBe(now);
  expect(() => written('nothing', 'new')).toThrow('no <!-- measured');
});
