import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../bench/soak.mjs', import.meta.url));
const TIMEOUT_MS = 240_000;

interface Report {
  readonly schema: number;
  readonly verdict: readonly { readonly name: string; readonly isKept: boolean | null }[];
  readonly heard: Readonly<Record<string, number>>;
  readonly recordings: number;
  readonly events: Readonly<Record<string, number>>;
  readonly quiets: readonly {
    readonly connections: number;
    readonly collected: { readonly rssKb: number; readonly heapKb: number };
    readonly left: Readonly<Record<string, readonly string[]>>;
  }[];
}

/** That it can be run, and sees what happens; an hour of it is in docs/reliability.md. */
it(
  'npm run soak -- --quick: two rounds in which nothing breaks, and a report with a plot',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'soak-test-'));
    try {
      const [json, svg] = [join(directory, 'soak.json'), join(directory, 'soak.svg')];
      const options = { encoding: 'utf8', timeout: TIMEOUT_MS } as const;
      const args = [MAIN, '--quick', '--json', json, '--svg', svg];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
      expect([status, stderr, stdout]).toEqual([0, '', expect.stringContaining('kept')]);

      const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
      expect(report.verdict.filter(({ isKept }) => isKept === false)).toEqual([]);
      expect(report.verdict.length).toBe(14);
      expect(report.heard['packets']).toBeGreaterThan(100);
      expect(report.recordings).toBe(2);
      expect(report.quiets.map(({ left }) => left['remembered'])).toEqual([[], []]);
      // It was asked to collect garbage, and answered.
      for (const { collected } of report.quiets) {
        expect(collected.heapKb).toBeGreaterThan(1_000);
        expect(collected.rssKb).toBeGreaterThan(collected.heapKb);
      }
      // All who enter, once in each round.
      expect(report.quiets.at(-1)?.connections).toBeGreaterThanOrEqual(12);
      // With those who gave up before they were connected.
      expect(report.events['peer-ended']).toBeGreaterThanOrEqual(report.events['peer-connected'] ?? Infinity);
      expect(readFileSync(svg, 'utf8')).toContain('</svg>');
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
  TIMEOUT_MS + 10_000,
);
