import { propertyText } from '../names.ts';

/** A name as one line of at most so many characters; whatever is in it. */
export function shownText(name: string, length: number): string {
  const line = propertyText(name).replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}
