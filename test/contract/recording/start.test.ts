// A pipeline file with a mistake ends the start of the service, in GStreamer's own words. `npm run setup` builds it.
import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPipelines } from '../../../src/recording/service/check.ts';
import { pipelineFile } from '../../support/recording/bench.ts';

// Looking into all plugins for the first time takes seconds.
jest.setTimeout(60_000);

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RECORDER = join(ROOT, 'dist/recording/child/main.js');
let folder: string;
beforeAll(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'start-')))));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = '# name: mine\n# scope: track\n# kinds: audio\n';
const mine = (body: string): { name: string; text: string } => ({ name: 'mine', text: HEADER + body });

describe('the built service', () => {
  /** A copy of it, with another pipeline. */
  beforeAll(() => {
    for (const name of ['dist', 'dashboard', 'pipelines'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    for (const name of ['package.json', 'packages.txt']) cpSync(join(ROOT, name), join(folder, name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  async function started(env: Readonly<Record<string, string>>): Promise<{ exit: unknown; said: string }> {
    const child = spawn(process.execPath, [join(folder, 'dist/main.js')], {
      cwd: folder,
      env: {
        ...process.env,
        LISTEN: '127.0.0.1:0',
        ADMIN_LISTEN: '127.0.0.1:0',
        ICE_ADDRESSES: '127.0.0.1',
        LOG_LEVEL: 'info',
        RECORDINGS_DIR: join(folder, 'recordings'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('server-listening')) child.kill('SIGTERM');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [exit] = (await once(child, 'close')) as [unknown];
    return { exit, said };
  }

  it.each([
    ['that GStreamer does not take', 'appsrc name=track !\n  fakesnk', 'mine.gst:5:3: no element "fakesnk"'],
    [
      'that could write anywhere',
      'appsrc name=track ! filesink location=/etc/x',
      'mine.gst:4:39: a location begins with {dir}/',
    ],
  ])('does not start with a file %s, and says where', async (_, body, text) => {
    writeFileSync(join(folder, 'pipelines/mine.gst'), HEADER + body);
    expect(await started({})).toEqual({ exit: 78, said: `backend-webrtc: a pipeline file cannot be used: ${text}\n` });
    rmSync(join(folder, 'pipelines/mine.gst'));
  });

  it('does not start with settings for RECORD that the element does not take', async () => {
    const env = { RECORD: 'all', RECORD_PIPELINE: 'stream-rtp', RECORD_SETTINGS: 'port=70000' };
    const { exit, said } = await started(env);
    expect(exit).toBe(78);
    expect(said).toMatch(/stream-rtp\.gst:\d+:\d+: .*"port" of GstUDPSink must be from 0 to 65535, got 70000\n$/);
  });

  it('starts with those that are there, also where it can write nowhere', async () => {
    // A file in the place of the folder: nobody can make that.
    writeFileSync(join(folder, 'no-folder'), '');
    for (const directory of ['recordings', 'no-folder/recordings']) {
      expect(await started({ RECORDINGS_DIR: join(folder, directory) })).toEqual({ exit: 0, said: '' });
    }
  });
});

describe('looking into pipeline files', () => {
  let scratch: string;
  beforeAll(() => mkdirSync((scratch = join(folder, 'scratch'))));
  const failure = async (program: string, timeoutMs?: number): Promise<unknown> => {
    const files = [pipelineFile('levels'), mine('appsrc name=track ! fakesink')];
    return checkPipelines(files, { program, scratch, ...(timeoutMs !== undefined && { timeoutMs }) }).catch(
      (error: unknown) => error,
    );
  };
  const program = (code: string): string => {
    const path = join(folder, 'program.mjs');
    writeFileSync(
      path,
      `import { writeSync } from 'node:fs';\nconst say = (text) => writeSync(1, text + '\\n');\n${code}`,
    );
    return path;
  };
  const CHECKED = `say('{"type":"checked","name":"levels"}');`;

  it('resolves where all can be used', async () => {
    expect(await failure(RECORDER)).toBeUndefined();
  });

  it.each([
    ['crashes over it', `${CHECKED} process.kill(process.pid, 'SIGSEGV');`, /^mine\.gst: the process .* SIGSEGV$/],
    [
      'ends with words',
      `${CHECKED} console.error('no luck'); process.exit(3);`,
      /^mine\.gst: .* exit status 3 no luck$/,
    ],
    ['hangs over it', `${CHECKED} setInterval(() => undefined, 1000);`, /^mine\.gst: no answer within 2 s$/],
    ['says nothing', '', /^levels\.gst: the process that tried it ended, exit status 0$/],
    ['says what is no message', `say('{"type":"checked"}');`, /^levels\.gst: /],
  ])('rejects with the file where the process %s', async (_, code, detail) => {
    expect(await failure(program(code), 2_000)).toMatchObject({
      code: 'pipelines',
      detail: expect.stringMatching(detail) as string,
    });
  });
});
