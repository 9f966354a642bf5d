import fc from 'fast-check';
import { ServiceError } from '../../../src/base/errors.ts';
import { parseClaim } from '../../../src/claim/claim.ts';

/** What Node makes of a header whose bytes are this text in UTF-8. */
const header = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const claim = (value: unknown): string => header(JSON.stringify(value));
const codeOf = (text: string | undefined): string => {
  try {
    parseClaim(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
};

describe('a claim that is accepted', () => {
  test.each([
    ['user and device', claim({ userid: 'ann', clientid: 'phone' }), 'ann', 'phone'],
    ['no device', claim({ userid: 'ann' }), 'ann', ''],
    ['an empty device', claim({ userid: 'ann', clientid: '' }), 'ann', ''],
    ['unknown members', claim({ userid: 'ann', roles: ['x'], exp: 1, nested: { userid: 'eve' } }), 'ann', ''],
    ['members of prototypes are no members', '{"userid":"ann","__proto__":{"clientid":"x"}}', 'ann', ''],
    ['the last of two equal members', '{"userid":"ann","userid":"bob"}', 'bob', ''],
    ['white space around', ' {"userid" : "ann"} ', 'ann', ''],
    ['UTF-8', claim({ userid: 'Zoë 😀', clientid: 'téléphone' }), 'Zoë 😀', 'téléphone'],
    ['escapes', '{"userid":"\\ud83d\\ude00\\u0000"}', '😀\0', ''],
    ['256 characters', claim({ userid: 'u'.repeat(256), clientid: 'c'.repeat(256) }), 'u'.repeat(256), 'c'.repeat(256)],
    ['256 code points', claim({ userid: '😀'.repeat(256) }), '😀'.repeat(256), ''],
    ['the names of prototypes', claim({ userid: '__proto__', clientid: 'constructor' }), '__proto__', 'constructor'],
  ])('%s', (_name, text, userid, clientid) => {
    expect(parseClaim(text)).toEqual({ userid, clientid });
  });

  test('8 KiB exactly', () => {
    const start = '{"userid":"ann","more":"';
    const text = `${start}${'x'.repeat(8192 - start.length - 2)}"}`;
    expect(text).toHaveLength(8192);
    expect(parseClaim(text).userid).toBe('ann');
  });
});

describe('a claim that is refused', () => {
  test.each([
    ['no header', undefined, 'claim-missing'],
    ['an empty header', '', 'claim-missing'],
    ['only white space', ' \t ', 'claim-missing'],
    ['8 KiB and one byte', claim({ userid: 'ann', more: 'x'.repeat(8192 - 25) }), 'claim-too-long'],
    ['8 KiB counted in bytes', claim({ userid: 'ann', more: 'é'.repeat(4096) }), 'claim-too-long'],
    ['not JSON', 'ann', 'claim-malformed'],
    ['half of it', '{"userid":"ann"', 'claim-malformed'],
    ['two of them, as Node joins repeated headers', '{"userid":"ann"}, {"userid":"bob"}', 'claim-malformed'],
    ['a number', '1', 'claim-malformed'],
    ['a text', '"ann"', 'claim-malformed'],
    ['null', 'null', 'claim-malformed'],
    ['true', 'true', 'claim-malformed'],
    ['an array', '[{"userid":"ann"}]', 'claim-malformed'],
    ['a byte order mark', header('\ufeff{"userid":"ann"}'), 'claim-malformed'],
    ['latin1 instead of UTF-8', '{"userid":"Zo\xeb"}', 'claim-malformed'],
    ['an overlong form', '{"userid":"\xc0\xaf"}', 'claim-malformed'],
    ['a surrogate in UTF-8', '{"userid":"\xed\xa0\x80"}', 'claim-malformed'],
    ['characters that are no bytes', '{"userid":"\u0161"}', 'claim-malformed'],
    ['no userid', '{}', 'claim-userid'],
    ['a userid in another case', '{"userId":"ann"}', 'claim-userid'],
    ['a userid that a prototype has', '{"__proto__":{"userid":"ann"}}', 'claim-userid'],
    ['an empty userid', '{"userid":""}', 'claim-userid'],
    ['a userid that is a number', '{"userid":1}', 'claim-userid'],
    ['a userid that is null', '{"userid":null}', 'claim-userid'],
    ['a userid that is an array', '{"userid":["ann"]}', 'claim-userid'],
    ['a userid that is an object', '{"userid":{"length":1}}', 'claim-userid'],
    ['a userid of 257 characters', claim({ userid: 'u'.repeat(257) }), 'claim-userid'],
    ['a userid of 257 code points', claim({ userid: '😀'.repeat(257) }), 'claim-userid'],
    ['a userid with half a character', '{"userid":"\\ud83d"}', 'claim-userid'],
    ['a clientid that is a number', '{"userid":"ann","clientid":1}', 'claim-clientid'],
    ['a clientid that is null', '{"userid":"ann","clientid":null}', 'claim-clientid'],
    ['a clientid that is an array', '{"userid":"ann","clientid":[]}', 'claim-clientid'],
    ['a clientid of 257 characters', claim({ userid: 'ann', clientid: 'c'.repeat(257) }), 'claim-clientid'],
    ['a clientid with half a character', '{"userid":"ann","clientid":"\\udc00"}', 'claim-clientid'],
  ])('%s', (_name, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test('as a 400 whose message does not repeat the claim', () => {
    let thrown: unknown;
    try {
      parseClaim('{"userid":"secret"');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ServiceError);
    expect((thrown as ServiceError).status).toBe(400);
    expect(`${String(thrown)} ${String((thrown as ServiceError).cause)}`).not.toContain('secret');
  });
});

test('any text is a claim or a ServiceError', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'));
  fc.assert(
    fc.property(fc.oneof(bytes, fc.json().map(header), fc.string({ unit: 'binary' })), (text) => {
      expect(['accepted', 'claim-missing', 'claim-malformed', 'claim-userid', 'claim-clientid']).toContain(
        codeOf(text),
      );
    }),
  );
});

test('what is written as a claim is read back', () => {
  const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(id, id, (userid, clientid) => {
      expect(parseClaim(claim({ userid, clientid }))).toEqual({ userid, clientid });
    }),
  );
});
