import { AUDIO, drops, forwarder, MS, publisher, receiver, RECEIVER_IDS, sent } from './support/media.ts';
import { buildRtp, concat, extension, text, type RtpFields } from './support/rtp.ts';
import type { SlotOptions } from '../media.d.ts';

const CSRC = 0xc0ffee01;

/** One audio publisher heard in one slot. */
function pair(slot: Partial<SlotOptions> = {}) {
  const from = publisher(CSRC, AUDIO.track());
  const to = receiver(AUDIO.slot(slot));
  forwarder().route(to.slots[0]!, from.tracks[0]!);
  return {
    from,
    to,
    send: (fields: Partial<RtpFields>) => {
      from.receiveRtp(buildRtp(fields), 1000n * MS);
      return sent(to)[0];
    },
  };
}

describe('the head of a forwarded packet', () => {
  test('is the slot’s: SSRC, payload type, one CSRC, its own extensions', () => {
    const packet = pair().send({
      ssrc: 5,
      csrcs: [8, 9],
      extensions: [
        { id: 4, data: text('a') },
        { id: 1, data: Uint8Array.of(0x80 | 30) },
        { id: 3, data: Uint8Array.of(7, 7) },
        { id: 12, data: Uint8Array.of(1, 2, 3) },
      ],
      payload: text('voice'),
    })!;
    expect(packet).toMatchObject({ ssrc: 0xa0a0a0a0, payloadType: 63, csrcs: [CSRC], form: 'one-byte', padding: 0 });
    expect(packet.extensions.map(({ id }) => id)).toEqual([9, 5, 10]);
    expect(extension(packet, 9)).toEqual([...text('a')]);
    expect(extension(packet, 10)).toEqual([0x80 | 30]);
    expect(extension(packet, 5)).toEqual([0, 0]);
    expect(packet.payload).toEqual(Buffer.from('voice'));
  });

  test('has no level where the publisher sent none', () => {
    const packet = pair().send({})!;
    expect(packet.extensions.map(({ id }) => id)).toEqual([9, 5]);
  });

  test('has no level where the publisher did not negotiate it', () => {
    const from = publisher(CSRC, AUDIO.track({ extensions: { mid: 4, audioLevel: 0, transportCc: 0 } }));
    const to = receiver(AUDIO.slot());
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    from.receiveRtp(buildRtp({ extensions: [{ id: 1, data: Uint8Array.of(30) }] }), 0n);
    expect(sent(to)[0]!.extensions.map(({ id }) => id)).toEqual([9, 5]);
  });

  test('has only what the receiver negotiated', () => {
    const level = [{ id: 1, data: Uint8Array.of(30) }];
    const ids = (extensions: SlotOptions['extensions']) =>
      pair({ extensions })
        .send({ extensions: level })!
        .extensions.map(({ id }) => id);
    expect(ids({ mid: 0, audioLevel: 0, transportCc: 0 })).toEqual([]);
    expect(ids({ mid: 0, audioLevel: 6, transportCc: 0 })).toEqual([6]);
    expect(ids({ mid: 2, audioLevel: 0, transportCc: 0 })).toEqual([2]);
    expect(ids({ mid: 0, audioLevel: 0, transportCc: 14 })).toEqual([14]);
    expect(pair({ extensions: { mid: 0, audioLevel: 0, transportCc: 0 } }).send({})!.form).toBeNull();
  });

  test.each([
    [
      'ids up to 14 and a mid of 16',
      { extensions: { mid: 14, audioLevel: 1, transportCc: 2 }, mid: 'x'.repeat(16) },
      'one-byte',
    ],
    ['an id of 15', { extensions: { ...RECEIVER_IDS, transportCc: 15 } }, 'two-byte'],
    ['an id of 255', { extensions: { ...RECEIVER_IDS, audioLevel: 255 } }, 'two-byte'],
    ['a mid of 17', { mid: 'x'.repeat(17) }, 'two-byte'],
    ['the longest mid', { mid: 'x'.repeat(96) }, 'two-byte'],
  ] as const)('%s: %s', (_name, slot, form) => {
    const options = AUDIO.slot(slot);
    const packet = pair(slot).send({ extensions: [{ id: 1, data: Uint8Array.of(99) }] })!;
    expect(packet.form).toBe(form);
    expect(extension(packet, options.extensions.mid)).toEqual([...text(options.mid)]);
    expect(extension(packet, options.extensions.audioLevel)).toEqual([99]);
    expect(extension(packet, options.extensions.transportCc)).toEqual([0, 0]);
  });

  test('an empty mid is left out', () => {
    expect(
      pair({ mid: '' })
        .send({})!
        .extensions.map(({ id }) => id),
    ).toEqual([5]);
  });

  test('keeps the marker', () => {
    const { send } = pair();
    send({ sequence: 1, marker: true });
    expect(send({ sequence: 2, marker: true })!.marker).toBe(true);
    expect(send({ sequence: 3, marker: false })!.marker).toBe(false);
  });

  test('level is read from the two-byte form too', () => {
    const packet = pair().send({
      form: 'two-byte',
      extensions: [
        { id: 200, data: text('zz') },
        { id: 1, data: Uint8Array.of(17) },
      ],
    })!;
    expect(extension(packet, 10)).toEqual([17]);
  });

  test('level is found behind padding between elements', () => {
    const { from, to } = pair();
    const body = Uint8Array.of(0, 0, 0x50, 9, 0, 0x10, 44, 0);
    const header = buildRtp({ form: 'one-byte', extensions: [], payload: new Uint8Array(0) });
    header[15] = 2;
    from.receiveRtp(concat(header, body, text('x')), 0n);
    const packet = sent(to)[0]!;
    expect(extension(packet, 10)).toEqual([44]);
    expect(packet.payload).toEqual(Buffer.from('x'));
  });
});

describe('padding', () => {
  test('is stripped', () => {
    const packet = pair().send({ payload: text('abc'), padding: 9 })!;
    expect(packet).toMatchObject({ padding: 0 });
    expect(packet.payload).toEqual(Buffer.from('abc'));
  });

  test('a packet of padding only goes on empty, so that its sequence number is no hole', () => {
    const { send } = pair();
    const before = send({ sequence: 9 })!;
    const empty = send({ sequence: 10, payload: new Uint8Array(0), padding: 255 })!;
    const after = send({ sequence: 11 })!;
    expect(empty.payload).toHaveLength(0);
    expect([empty.sequence, after.sequence]).toEqual([(before.sequence + 1) & 0xffff, (before.sequence + 2) & 0xffff]);
  });
});

describe('bytes that are no RTP packet are dropped and counted', () => {
  const good = buildRtp({ extensions: [{ id: 1, data: Uint8Array.of(1) }], csrcs: [1], payload: text('abcdef') });
  const changed = (change: (bytes: Uint8Array) => void) => {
    const bytes = good.slice();
    change(bytes);
    return bytes;
  };
  test.each([
    ['empty', new Uint8Array(0)],
    ['shorter than a header', good.subarray(0, 11)],
    ['version 1', changed((bytes) => (bytes[0] = 0x40 | (bytes[0]! & 0x3f)))],
    ['more CSRCs than bytes', changed((bytes) => (bytes[0]! |= 0x0f))],
    ['cut inside the extension header', good.subarray(0, 18)],
    ['an extension longer than the packet', changed((bytes) => (bytes[19] = 200))],
    ['padding of 0', changed((bytes) => ((bytes[0]! |= 0x20), (bytes[bytes.length - 1] = 0)))],
    ['more padding than bytes', changed((bytes) => ((bytes[0]! |= 0x20), (bytes[bytes.length - 1] = 200)))],
    ['padded without a byte behind the header', changed((bytes) => (bytes[0]! |= 0x20)).subarray(0, 24)],
  ])('%s', (_name, bytes) => {
    const { from, to } = pair();
    from.receiveRtp(bytes, 0n);
    expect(drops(from)).toEqual({ malformed: 1 });
    expect(from.ranOn).toBe(false);
    expect(to.takeSent()).toEqual([]);
  });

  test('elements that are cut short are no elements, the packet goes on', () => {
    const packet = pair().send({
      form: 'one-byte',
      extensions: [
        { id: 15, data: text('ab') },
        { id: 1, data: Uint8Array.of(3) },
      ],
    })!;
    expect(packet.extensions.map(({ id }) => id)).toEqual([9, 5]);
  });
});
