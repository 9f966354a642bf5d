/**
 * True for a string of at most `maxLength` code points without lone surrogates. Those (JSON's `"\ud800"`) have no UTF-8
 * form, so two different ids would become one as soon as they are sent anywhere.
 */
export function isText(value: unknown, maxLength: number): value is string {
  if (typeof value !== 'string' || /\p{Cs}/u.test(value)) return false;
  // A code point is one or two code units; the cheap bound first, so that the count is never taken of a huge text.
  return value.length <= 2 * maxLength && Array.from(value).length <= maxLength;
}
