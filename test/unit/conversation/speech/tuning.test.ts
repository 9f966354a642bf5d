import { readFileSync } from 'node:fs';
import { TUNING } from '../../../../src/conversation/speech/tuning.ts';
import { tableUnder, unquote } from '../../../support/markdown.ts';

describe('the constants', () => {
  it('stand in docs/speakers.md as in the code, each with its reason', () => {
    const page = readFileSync(new URL('../../../../docs/speakers.md', import.meta.url), 'utf8');
    const rows = tableUnder(page, 'Constants');
    expect(rows.map(([name = '', value]) => [unquote(name), Number(value)])).toEqual(Object.entries(TUNING));
    for (const [name, , why] of rows) expect([name, why]).not.toEqual([name, '']);
  });

  it('fit each other', () => {
    // What the text promises of 10 s, of coughs, and of a tick that counts.
    expect((-10 - TUNING.speechMargin - TUNING.floorMin) / TUNING.floorRise).toBeGreaterThan(10);
    expect(TUNING.confirm).toBeGreaterThan(60 / TUNING.frame);
    expect(TUNING.sizeWeight * 2).toBeLessThan(TUNING.confirm);
    expect(TUNING.sizeWeight * 3).toBeGreaterThanOrEqual(TUNING.confirm);
    expect(TUNING.gateMargin).toBeLessThan(TUNING.speechMargin);
    expect(TUNING.speakingHold).toBeGreaterThanOrEqual(TUNING.spurtGap);
  });
});
