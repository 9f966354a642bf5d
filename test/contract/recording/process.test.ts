// The recorder as a process: what it is told, what it refuses, how it ends.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRtp } from '../../../node-gst/test/support/rtp.ts';
import { NICENESS } from '../../../src/recording/child-environment.ts';
import { pipelineFile, RecorderBench } from '../../support/recording/bench.ts';
import { clipOf, type ClipPacket } from '../../support/recording/clip.ts';
import { durationIn } from '../../support/recording/ffprobe.ts';
import { playClips, startMessage } from '../../support/recording/recorder-process.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(60_000);

const bench = new RecorderBench();
let audio: ClipPacket[];
beforeAll(async () => {
  gst.init();
  audio = await clipOf('opus', 6);
});
beforeEach(() => bench.beginTest());
afterEach(() => bench.endTest());
afterAll(() => bench.close());

const voice = audioTrack();
const cut = (seconds: number): ClipPacket[] => audio.filter(({ atMs }) => atMs < seconds * 1000);
const written = (body: string, header = ''): { name: string; text: string } => ({
  name: 'mine',
  text: `# name: mine\n# scope: track\n# kinds: audio\n${header}${body}`,
});

describe('a pipeline file', () => {
  it('is looked at, and others with it', async () => {
    const recorder = bench.spawn();
    const names = ['record-track', 'record-conversation', 'stream-rtp'];
    recorder.send({ type: 'check', pipelines: names.map(pipelineFile) });
    expect(await recorder.exit).toBe(0);
    expect(recorder.told).toEqual([...names.map((name) => ({ type: 'checked', name })), { type: 'stopped' }]);
  });

  it.each(['check', 'start'] as const)('with a mistake is refused (%s), with its place', async (type) => {
    const pipeline = written('appsrc name=track !\n  fakesnk');
    const recorder = bench.spawn();
    recorder.send(type === 'check' ? { type, pipelines: [pipeline] } : startMessage(bench.directory, pipeline));
    expect(await recorder.exit).toBe(65);
    expect(recorder.told[0]).toEqual({ type: 'refused', text: 'mine.gst:5:3: no element "fakesnk"' });
  });

  it('with a setting that is missing or wrong is refused', async () => {
    const pipeline = written('appsrc name=track ! udpsink host={host}', '# settings: host\n');
    for (const [settings, text] of [
      [{}, 'the setting host is needed'],
      [{ host: 'a', x: 'b' }, 'there is no setting x'],
    ] as const) {
      const recorder = bench.spawn();
      recorder.send(startMessage(bench.directory, pipeline, { settings }));
      expect(await recorder.exit).toBe(65);
      expect(recorder.told[0]).toEqual({ type: 'refused', text });
    }
  });

  it('has no branch for every codec: then the track is skipped', async () => {
    const recorder = await bench.start('record-audio');
    recorder.send({ type: 'track', ...videoTrack() });
    expect(await recorder.message('skipped')).toEqual({
      type: 'skipped',
      ssrc: videoTrack().ssrc,
      text: 'record-audio has nothing for vp8',
    });
  });
});

describe('a pipeline that fails', () => {
  it('is reported, and another segment begins', async () => {
    const recorder = await bench.start(
      written(
        'appsrc name=track ! identity error-after=60 ! rtpopusdepay ! opusparse ! webmmux ' +
          '! filesink location={dir}/{track}-{segment}.webm buffer-mode=unbuffered async=false',
      ),
    );
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(4) }]).done;
    expect(await recorder.stop()).toBe(0);
    const closed = bench.closedOf(recorder, voice);
    expect(closed.length).toBeGreaterThanOrEqual(2);
    expect(closed.map(({ why }) => why)).toEqual([...closed.slice(1).map(() => 'error'), 'stopped']);
    expect(recorder.of('trouble')[0]!.text).toMatch(/^identity\d*: .*Failed after iterations as requested/);
    for (const { played } of closed) expect(played.complaints).toBe('');
    // What is between them is known by its time.
    const [first, second] = closed;
    const gap = second!.startMs - (first!.startMs + first!.facts.durationMs);
    expect(gap).toBeGreaterThan(150);
    expect(gap).toBeLessThan(1500);
  });

  it('cannot write: it is tried again and again, and the rest goes on', async () => {
    const recorder = await bench.start('record-track');
    const name = 'ann-49915e0d7d4b402e-audio-00001001-0001.webm';
    writeFileSync(join(bench.directory, name), 'something else');
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(2) }]).done;
    await recorder.stop();
    expect(recorder.of('trouble')[0]!.text).toContain('is there already');
    expect(recorder.of('segment-opened').map(({ segment }) => segment)).toEqual([2]);
    expect(readFileSync(join(bench.directory, name), 'utf8')).toBe('something else');
  });
});

describe('a pipeline that hangs', () => {
  it('stands in the way of its own recording only, and not of the end', async () => {
    const recorder = await bench.start(
      written('appsrc name=track ! identity sleep-time=100000000 ! fakesink sync=false async=false'),
    );
    recorder.send({ type: 'track', ...voice });
    // More than waits in front of a pipeline: then the reader stands still.
    const big = { ...audio[0]!.rtp, payload: new Uint8Array(1200) };
    for (let index = 0; index < 400; index += 1) {
      recorder.packet(Date.now(), voice, { atMs: 0, rtp: { ...big, sequence: index } });
    }
    for (let count = 1; !(await recorder.message('progress', count)).blocked; count += 1);
    const stopping = performance.now();
    // It cannot exit, with a thread that waits.
    expect(await recorder.stop()).toBe('SIGKILL');
    expect(performance.now() - stopping).toBeLessThan(20_000);
    expect(recorder.of('trouble').map(({ text }) => text)).toEqual([
      'segment 1 did not end within 3 s',
      'segment 1 hangs: it is left alone',
    ]);
    expect(recorder.of('stopped')).toHaveLength(1);
  });
});

describe('hooks', () => {
  it('levels measures how loud it is', async () => {
    const recorder = await bench.start('levels');
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(3) }]).done;
    await recorder.stop();
    const measurements = recorder.of('measurement');
    expect(measurements.length).toBeGreaterThanOrEqual(2);
    expect(measurements[0]).toMatchObject({ ssrc: voice.ssrc, name: 'level', fields: { duration: 1_000_000_000 } });
    const { rms } = measurements[0]!.fields as { rms: number[] };
    // The test tone has 80 % of full scale: a sine of -1.94 dB peak, -4.95 dB RMS.
    expect(rms[0]).toBeGreaterThan(-6);
    expect(rms[0]).toBeLessThan(-4);
    expect(readdirSync(bench.directory)).toEqual([]);
    expect(recorder.of('segment-closed')).toMatchObject([{ files: [] }]);
  });

  it('stream-rtp sends to a host and port', async () => {
    const socket = createSocket('udp4');
    const packets: Buffer[] = [];
    socket.on('message', (packet) => packets.push(packet));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    const recorder = await bench.start('stream-rtp', { settings: { port } });
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(1) }]).done;
    recorder.endPackets();
    await recorder.exit;
    socket.close();
    const received = packets.map(parseRtp);
    expect(received.map(({ sequence }) => sequence)).toEqual(cut(1).map(({ rtp }) => rtp.sequence));
    expect(new Set(received.map(({ ssrc, csrcs, payloadType }) => `${ssrc} ${csrcs[0]} ${payloadType}`))).toEqual(
      new Set([`${voice.ssrc} ${voice.csrc} 111`]),
    );
    expect(received.map(({ payload }) => Buffer.from(payload))).toEqual(
      cut(1).map(({ rtp }) => Buffer.from(rtp.payload)),
    );
  });
});

describe('the process', () => {
  it('has nothing of the environment of the service, and gives way to it', async () => {
    const recorder = await bench.start('record-track');
    const { pid } = recorder.child;
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter((each) => each !== '');
    expect(environment.map((each) => each.split('=')[0]).sort()).toEqual(['GST_REGISTRY', 'HOME', 'LANG']);
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(0.5) }]).done;
    await recorder.message('segment-opened');
    // Of every thread, those that GStreamer starts included.
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => nicenessOf(`/proc/${pid}/task/${thread}/stat`));
    expect(threads.length).toBeGreaterThan(10);
    expect(new Set(threads)).toEqual(new Set([Math.min(nicenessOf('/proc/self/stat') + NICENESS, 19)]));
  });

  it.each([
    ['the service goes', (recorder: Recorder) => recorder.child.stdin!.end()],
    ['the tap is closed', (recorder: Recorder) => recorder.endPackets()],
    [
      'the service is killed: nobody reads, nobody writes',
      (recorder: Recorder) => {
        recorder.child.stdout!.destroy();
        recorder.child.stdin!.end();
        recorder.endPackets();
      },
    ],
  ])('closes its files and ends when %s', async (_, end) => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(1) }]).done;
    await recorder.message('segment-opened');
    end(recorder);
    expect(await recorder.exit).toBe(0);
    const [name] = readdirSync(bench.directory);
    // A file that was closed has its duration in its head.
    expect(durationIn(join(bench.directory, name!))).toBeGreaterThan(0.9);
  });

  it('leaves signals that everybody gets to the service', async () => {
    const recorder = await bench.start('record-track');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) recorder.child.kill(signal);
    await recorder.message('progress', 2);
    expect(recorder.child.exitCode).toBeNull();
    expect(await recorder.stop()).toBe(0);
  });

  it('ends over what is no message, and closes its files', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(1) }]).done;
    await recorder.message('segment-opened');
    recorder.child.stdin!.write('no JSON\n');
    expect(await recorder.exit).toBe(76);
    expect(recorder.of('segment-closed')).toHaveLength(1);
    expect(recorder.of('trouble')[0]!.text).toContain('SyntaxError');
  });
});

/** Field 19 of proc(5); the name of the program is in parentheses and may hold anything. */
const nicenessOf = (path: string): number =>
  Number(
    readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[16],
  );

type Recorder = ReturnType<typeof bench.spawn>;
