/** One test per kind of value, in both directions, and what is refused with which words. */
import { jest } from '@jest/globals';
import { make, parseLaunch, pipeline } from 'node-gst';
import type { GstObject, Sdp, Value } from 'node-gst';
import { allGone, collectGarbage, fixture, Peer, thrown, until } from './support.ts';

jest.setTimeout(30_000);
afterEach(allGone);

/** Runs `act` on a new element, and disposes it. */
function using<T>(factory: string, act: (element: GstObject) => T): T {
  const element = make(factory);
  try {
    return act(element);
  } finally {
    element.dispose();
  }
}

const written = (factory: string, property: string, value: Value): Value =>
  using(factory, (element) => element.set(property, value).get(property));

const refused = (factory: string, property: string, value: unknown): string => {
  const { name, message } = thrown(() => written(factory, property, value as Value));
  expect(name).toBe('TypeError');
  expect(message).toContain(`property "${property}"`);
  return message;
};

test('booleans', () => {
  expect(written('identity', 'silent', false)).toBe(false);
  expect(written('identity', 'silent', true)).toBe(true);
  expect(refused('identity', 'silent', 1)).toMatch(/of GstIdentity must be a boolean, got 1$/);
});

test('int and uint, with their ranges and those of the property', () => {
  expect(written('fakesrc', 'num-buffers', -1)).toBe(-1);
  expect(written('queue', 'max-size-buffers', 4_294_967_295)).toBe(4_294_967_295);
  expect(written('queue', 'max-size-buffers', 7n)).toBe(7);
  expect(refused('queue', 'max-size-buffers', -1)).toMatch(/an integer from 0 to 4294967295, got -1/);
  expect(refused('queue', 'max-size-buffers', 4_294_967_296)).toMatch(/an integer from 0 to 4294967295/);
  expect(refused('queue', 'max-size-buffers', 1.5)).toMatch(/an integer/);
  expect(refused('queue', 'max-size-buffers', NaN)).toMatch(/an integer/);
  expect(refused('queue', 'max-size-buffers', '5')).toMatch(/got "5"/);
  expect(refused('queue', 'min-threshold-buffers', 2n ** 40n)).toMatch(/got 1099511627776n/);
  expect(refused('fakesrc', 'num-buffers', -2)).toMatch(/from -1 to 2147483647, got -2/);
});

test('int64 and uint64: a number where it is safe, a bigint beyond', () => {
  expect(written('identity', 'ts-offset', -5)).toBe(-5);
  expect(written('identity', 'ts-offset', -(2n ** 60n))).toBe(-(2n ** 60n));
  expect(written('identity', 'ts-offset', Number.MIN_SAFE_INTEGER)).toBe(Number.MIN_SAFE_INTEGER);
  expect(written('queue', 'max-size-time', 2 ** 53 - 1)).toBe(2 ** 53 - 1);
  expect(written('queue', 'max-size-time', 2n ** 53n)).toBe(2n ** 53n);
  expect(written('queue', 'max-size-time', 2n ** 64n - 1n)).toBe(2n ** 64n - 1n);
  expect(refused('queue', 'max-size-time', 2n ** 64n)).toMatch(/an integer from 0 to 18446744073709551615/);
  expect(refused('queue', 'max-size-time', -1n)).toMatch(/an integer from 0/);
  expect(refused('queue', 'max-size-time', 2 ** 53)).toMatch(/an integer from 0/);
});

test('float and double', () => {
  expect(written('identity', 'drop-probability', 0.5)).toBe(0.5);
  expect(written('videobalance', 'contrast', 0.1)).toBe(0.1);
  expect(refused('volume', 'volume', 11)).toMatch(/must be from 0 to 10, got 11/);
  expect(refused('volume', 'volume', '1')).toMatch(/must be a number/);
});

test('strings and null', () => {
  expect(written('filesrc', 'location', '/ä/ö')).toBe('/ä/ö');
  expect(written('filesrc', 'location', null)).toBeNull();
  expect(refused('filesrc', 'location', 'a\0b')).toMatch(/must not contain NUL/);
  expect(refused('filesrc', 'location', { toString: () => 'x' })).toMatch(/must be a string, got an object/);
  expect(refused('filesrc', 'location', undefined)).toMatch(/got undefined/);
});

test('enums by nick', () => {
  expect(written('queue', 'leaky', 'downstream')).toBe('downstream');
  expect(refused('queue', 'leaky', 'sideways')).toMatch(/one of no, upstream, downstream, got "sideways"/);
  expect(refused('queue', 'leaky', 1)).toMatch(/one of no, upstream, downstream, got 1/);
});

test('flags by nicks joined with +', () => {
  expect(written('identity', 'drop-buffer-flags', 'discont+gap')).toBe('discont+gap');
  expect(written('identity', 'drop-buffer-flags', '')).toBe('');
  expect(refused('identity', 'drop-buffer-flags', 'gap+nap')).toMatch(/some of .*gap.* joined by \+, got "gap\+nap"/);
});

test('caps as text', () => {
  const caps = written('capsfilter', 'caps', 'audio/x-raw,rate=8000');
  expect(caps).toBe('audio/x-raw, rate=(int)8000');
  expect(written('appsink', 'caps', null)).toBeNull();
  expect(refused('capsfilter', 'caps', 'audio/x-raw,rate=')).toMatch(/caps in GStreamer's syntax or null/);
});

test('structures: text in, objects out', () => {
  const map = written('rtprtxsend', 'payload-type-map', 'map,96=(uint)97,98=(uint)99');
  expect(map).toEqual({ 96: 97, 98: 99 });
  const nested = written('rtpbin', 'sdes', 'sdes,cname=(string)me,inner=(structure)"in\\,deep\\=\\(int\\)1\\;"');
  expect(nested).toEqual({ cname: 'me', inner: { deep: 1 } });
  expect(refused('rtpbin', 'sdes', '=')).toMatch(/a structure in GStreamer's syntax/);
  expect(refused('rtpbin', 'sdes', {})).toMatch(/got an object/);
});

/**
 * Types that no property and no action signal of an installed element has, so only this way round. A gchar cannot be
 * written in a structure either; the name of a GParamSpec is what a bare `notify` brings (signals.test.ts).
 */
test('long, ulong, uchar and GType, out of a structure', () => {
  const out = (field: string): unknown => (written('rtpbin', 'sdes', `sdes,x=${field}`) as { x: unknown }).x;
  expect([out('(glong)-5'), out('(glong)-9223372036854775808')]).toEqual([-5, -(2n ** 63n)]);
  expect([out('(gulong)5'), out('(gulong)18446744073709551615')]).toEqual([5, 2n ** 64n - 1n]);
  expect([out('(guchar)0'), out('(guchar)255')]).toEqual([0, 255]);
  expect(out('(GType)GstPad')).toBe('GstPad');
});

test('arrays, nested and typed by the property', () => {
  const matrix = [
    [1, 0.5],
    [0, 1],
  ];
  expect(written('audioconvert', 'mix-matrix', matrix)).toEqual(matrix);
  expect(written('audioconvert', 'mix-matrix', [])).toEqual([]);
  expect(refused('audioconvert', 'mix-matrix', [['x']])).toMatch(
    /mix-matrix" of GstAudioConvert\[0\]\[0\] must be a number/,
  );
  expect(refused('audioconvert', 'mix-matrix', 3)).toMatch(/must be an array/);
  const lists = written('rtpbin', 'sdes', 'sdes,list={1,2},array=<true,false>,text={a,b}');
  expect(lists).toEqual({ list: [1, 2], array: [true, false], text: ['a', 'b'] });
});

test('fractions, ranges and bitmasks as text', () => {
  expect(written('rawvideoparse', 'framerate', '30000/1001')).toBe('30000/1001');
  expect(refused('rawvideoparse', 'framerate', 30)).toMatch(/a GstFraction in GStreamer's syntax, got 30/);
  const others = written('rtpbin', 'sdes', 'sdes,range=[1,5],mask=(bitmask)0x3');
  expect(others).toEqual({ range: '[ 1, 5 ]', mask: '0x0000000000000003' });
});

test('objects are wrappers', () => {
  const player = make('playbin');
  const sink = make('fakesink', 'mine');
  player.set('audio-sink', sink);
  const back = player.get('audio-sink') as GstObject;
  expect([back.type, back.name, back.id]).toEqual(['GstFakeSink', 'mine', sink.id]);
  expect(back).not.toBe(sink);
  player.set('audio-sink', null);
  expect(player.get('audio-sink')).toBeNull();
  const pad = sink.staticPad('sink')!;
  expect(thrown(() => player.set('audio-sink', pad)).message).toMatch(
    /must be a live GstElement or null, got an object/,
  );
  expect(thrown(() => player.set('audio-sink', {})).message).toMatch(/must be a live GstElement or null/);
  back.dispose();
  expect(thrown(() => player.set('audio-sink', back)).message).toMatch(/must be a live GstElement or null/);
  for (const object of [player, sink, pad]) object.dispose();
});

test('session descriptions', async () => {
  const peer = new Peer('peer');
  await peer.pipeline.setState('PLAYING');
  const offer: Sdp = { type: 'offer', sdp: fixture('chromium-156-audio-video.sdp') };
  expect(await peer.op('set-remote-description', offer)).toBeNull();
  const { type, sdp } = peer.bin.get('remote-description') as Sdp;
  expect(type).toBe('offer');
  expect(sdp.split('\r\n').filter((line) => line.startsWith('m='))).toEqual(
    offer.sdp.split(/\r?\n/).filter((line) => line.startsWith('m=')),
  );
  expect(peer.bin.get('local-description')).toBeNull();
  const refusal = (value: unknown) => {
    const { name, message } = thrown(() => peer.bin.emitPromise('set-remote-description', value as Value));
    expect(name).toBe('TypeError');
    return message;
  };
  expect(refusal({ type: 'offering', sdp })).toMatch(/argument 1 of "set-remote-description" must be \{ type: 'offer'/);
  expect(refusal({ type: 'offer', sdp: '' })).toMatch(/sdp cannot be parsed/);
  expect(refusal({ type: 'offer', sdp: 'v=0\0' })).toMatch(/must not contain NUL/);
  expect(refusal({ type: 'offer' })).toMatch(/sdp must be a string, got undefined/);
  expect(refusal('v=0')).toMatch(/must be \{ type/);
  await peer.close();
});

test('buffers are bytes, both ways', async () => {
  const line = parseLaunch(
    'appsrc name=in is-live=true ! identity name=tap ! fakesink name=out async=false signal-handoffs=true',
  );
  const input = line.byName('in')!;
  const output = line.byName('out')!;
  const got: number[][] = [];
  output.on('handoff', (buffer, pad) => {
    got.push(Array.from(buffer as Uint8Array));
    (pad as GstObject).dispose();
  });
  await line.setState('PLAYING');
  expect(input.emit('push-buffer', Uint8Array.of(1, 2, 3))).toBe('ok');
  expect(input.emit('push-buffer', Buffer.from([4]))).toBe('ok');
  expect(input.emit('push-buffer', new Uint8Array())).toBe('ok');
  await until('all arrived', () => got.length === 3 || got);
  expect(got).toEqual([[1, 2, 3], [4], []]);
  expect(thrown(() => input.emit('push-buffer', [1] as never)).message).toMatch(
    /argument 1 of "push-buffer" must be a Uint8Array or null/,
  );
  expect(thrown(() => input.emit('push-buffer', new Uint16Array(1) as never)).message).toMatch(/got a typed array/);
  await line.setState('NULL');
  for (const object of [input, output, line]) object.dispose();
});

test('types without a form in JavaScript are named', () => {
  const bin = make('webrtcbin');
  const pipe = pipeline();
  pipe.add(bin);
  expect(thrown(() => bin.emit('get-transceivers'))).toEqual({
    name: 'TypeError',
    message: 'emit: the result of "get-transceivers" is a GArray, which has no form in JavaScript',
  });
  bin.dispose();
  pipe.dispose();
});

test('what a getter of an argument does to its object is survived', () => {
  const bin = make('webrtcbin');
  const trap = {
    type: 'offer',
    get sdp() {
      bin.dispose();
      return 'v=0\r\n';
    },
  } as unknown as Sdp;
  expect(thrown(() => bin.emit('add-turn-server', trap as never)).message).toMatch(/must be a string/);
  void bin.emitPromise('set-remote-description', trap).catch(() => undefined);
  expect(thrown(() => bin.get('name')).message).toMatch(/disposed/);
  collectGarbage();
});
