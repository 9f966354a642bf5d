import { COLOURS, colourOf, initialsOf } from '../../../../demo/page/base/avatar.js';

describe('initials', () => {
  it.each([
    ['Ann', 'A'],
    ['ann lee', 'AL'],
    ['Zoë "B"', 'ZB'],
    ['Jean-Luc de la Tour', 'JT'],
    ['李小龙', '李'],
    ['ß x', 'SSX'],
    ['🦊', '🦊'],
    ['  ', '?'],
  ])('of %s are %s', (name, initials) => expect(initialsOf(name)).toBe(initials));
});

describe('colours', () => {
  it('hold white letters: a contrast of 4.5 and more', () => {
    for (const colour of COLOURS) {
      const ratio = 1.05 / (luminance(colour) + 0.05);
      expect([colour, ratio]).toEqual([colour, expect.any(Number)]);
      expect(ratio).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('are the same for the same device, and spread over all of them', () => {
    const csrcs = Array.from({ length: 300 }, (_, index) => index + 1);
    expect(colourOf(4_294_967_295)).toBe(colourOf(4_294_967_295));
    expect(new Set(csrcs.map(colourOf))).toEqual(new Set(COLOURS));
  });
});

/** WCAG 2: relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
