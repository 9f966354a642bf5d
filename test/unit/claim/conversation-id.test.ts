import fc from 'fast-check';
import { ServiceError } from '../../../src/base/errors.ts';
import { parseConversationId } from '../../../src/claim/conversation-id.ts';

const MAX = 256;

const codeOf = (raw: string): string => {
  try {
    parseConversationId(raw);
    return 'accepted';
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
};

test.each([
  ['a plain one', 'room-1', 'room-1'],
  ['a percent-encoded one', 'caf%C3%A9%20%F0%9F%98%80', 'café 😀'],
  ['small hexadecimal digits', 'caf%c3%a9', 'café'],
  ['an encoded slash', 'a%2Fb', 'a/b'],
  ['an encoded percent sign is decoded once', '%2541', '%41'],
  ['a plus sign is a plus sign', 'a+b', 'a+b'],
  ['what browsers leave as it is', "[a]|b~!$&'()*+,;=:@", "[a]|b~!$&'()*+,;=:@"],
  ['256 characters', 'x'.repeat(MAX), 'x'.repeat(MAX)],
  ['256 code points', '%F0%9F%98%80'.repeat(MAX), '😀'.repeat(MAX)],
  ['the name of a prototype', '__proto__', '__proto__'],
])('%s is accepted', (_name, raw, id) => {
  expect(parseConversationId(raw)).toBe(id);
});

test.each([
  ['an empty one', ''],
  ['a percent sign alone', '100%'],
  ['one digit', 'a%2'],
  ['no hexadecimal digits', 'a%zz'],
  ['bytes that are not UTF-8', '%ff%fe'],
  ['half a character', '%F0%9F'],
  ['an overlong form', '%C0%AF'],
  ['an encoded surrogate', '%ED%A0%80'],
  ['257 characters', 'x'.repeat(MAX + 1)],
  ['257 code points', '%F0%9F%98%80'.repeat(MAX + 1)],
  ['more than one segment', 'a/b'],
  ['a query', 'a?b'],
  ['a fragment', 'a#b'],
  ['white space', 'a b'],
  ['characters beyond ASCII', 'café'],
])('%s is refused', (_name, raw) => {
  expect(codeOf(raw)).toBe('conversation-id');
});

test('what is encoded is read back, and anything else is a ServiceError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (id) => {
      expect(parseConversationId(encodeURIComponent(id))).toBe(id);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (raw) => {
      expect(['accepted', 'conversation-id']).toContain(codeOf(raw));
    }),
  );
});
