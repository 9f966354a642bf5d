import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { findJanus } from '../../bench/lib/janus/server.mjs';

const MAIN = fileURLToPath(new URL('../../bench/main.mjs', import.meta.url));
const TIMEOUT_MS = 240_000;

/** Only where it is installed. */
const JANUS = findJanus() === null ? [] : ['janus'];

const positive = { type: 'number', exclusiveMinimum: 0 };
const number = { type: 'number' };
const row = {
  scenario: { enum: ['audio-room', 'video-room'] },
  server: { enum: ['webrtcbin', 'direct', 'janus', 'floor'] },
  peers: { const: 2 },
  forwardedPerSecond: positive,
  overload: { type: ['string', 'null'] },
};
const ofService = {
  latencyP50Us: positive,
  latencyP95Us: positive,
  latencyP99Us: positive,
  expected: positive,
  lost: number,
  duplicated: number,
  threadsPerPeer: positive,
  rssKbPerPeer: number,
  fdsPerPeer: positive,
  clientCores: number,
  busyCores: number,
};
const REPORT = {
  type: 'object',
  required: ['schema', 'at', 'machine', 'rounds', 'seconds', 'scale', 'runs', 'summary'],
  properties: {
    schema: { const: 2 },
    machine: { type: 'object', required: ['cpu', 'cores', 'kernel', 'node', 'gstreamer'] },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: [...Object.keys(row), 'cpuUsPerPacket', 'serverCores'],
        properties: { ...row, serverCores: number },
        if: { properties: { server: { const: 'floor' } } },
        else: { required: Object.keys(ofService), properties: ofService },
      },
    },
    summary: {
      type: 'array',
      minItems: 5,
      items: {
        type: 'object',
        properties: { ratios: { required: ['webrtcbin', 'janus', 'floor'] } },
        required: ['ratios'],
      },
    },
  },
};

interface Run {
  readonly scenario: string;
  readonly server: string;
  readonly lost: number;
  readonly expected: number;
  readonly duplicated: number;
}

/** That it can be run, and counts right; how long anything takes is nobody's business here. */
it(
  'npm run bench -- --quick: both ways out and Janus, all that was sent is heard, and the report is whole',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
    try {
      const json = join(directory, 'bench.json');
      const options = { encoding: 'utf8', timeout: TIMEOUT_MS } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--quick', '--json', json], options);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('| 2×1 audio');
      const report = JSON.parse(readFileSync(json, 'utf8')) as { runs: Run[] };
      const validate = new Ajv2020({ strict: false }).compile(REPORT);
      validate(report);
      expect(validate.errors).toBeNull();
      expect(report.runs.map(({ scenario, server }) => `${scenario} ${server}`)).toEqual([
        ...['webrtcbin', 'direct', ...JANUS, 'floor'].map((server) => `audio-room ${server}`),
        ...['webrtcbin', 'direct', ...JANUS].map((server) => `video-room ${server}`),
      ]);
      for (const run of report.runs.filter(({ server }) => server !== 'floor')) {
        expect(run.expected).toBeGreaterThan(0);
        expect(run.lost).toBeLessThan(run.expected * 0.02);
        expect(run.duplicated).toBe(0);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
  TIMEOUT_MS + 10_000,
);
