import { SrtpWriter } from '../../support/fuzz/srtp.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a packet is encrypted as libsrtp does it (its test driver, srtp_validate)', () => {
  const master = hex('e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6');
  const packet = hex('800f1234decafbadcafebabe abababababababababababababababab');
  const encrypted = hex('800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb');
  expect(new SrtpWriter(master).protect(packet)).toEqual(encrypted);
});

test.each([
  '90 6f 0001 000003c0 00001234 bede ffff 10',
  '9f 6f 0001 000003c0 00001234',
  '90 6f 0001 000003c0 00001234 be',
])('what stands in a header that is too long is left as it is: %s', (text) => {
  const packet = hex(text);
  const encrypted = new SrtpWriter(Buffer.alloc(30)).protect(packet);
  expect(encrypted.subarray(0, packet.length)).toEqual(packet);
  expect(encrypted).toHaveLength(packet.length + 10);
});
