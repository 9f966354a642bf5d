import { chainFault, entryAfter, NO_HASH, type Entry } from '../../../../src/recording/manifest/entries.ts';
import { ann, entriesOf, START, started, voice } from './support.ts';

describe('the chain of entries', () => {
  const entries = entriesOf(started, ann, voice);

  it('holds each to the one before', () => {
    expect(entries.map(({ n }) => n)).toEqual([0, 1, 2]);
    expect(entries.map(({ prev }) => prev)).toEqual([NO_HASH, entries[0]?.hash, entries[1]?.hash]);
    expect(chainFault(entries)).toBeNull();
    expect(chainFault(JSON.parse(JSON.stringify(entries)) as Entry[])).toBeNull();
    expect(chainFault([])).toBeNull();
  });

  it('can be recomputed by anybody: SHA-256 of the canonical JSON without the hash', () => {
    // printf '%s' '{"atMs":1,"clientid":"c","csrc":7,"n":0,"prev":"000…","type":"participant","userid":"u"}' | sha256sum
    const entry = entryAfter(undefined, 1, { type: 'participant', csrc: 7, userid: 'u', clientid: 'c' });
    expect(entry.hash).toBe('9a640a101d868a5980b486bf5557313d7a4ac4e98d90ba3739f3c0488d5711e3');
  });

  it.each<[string, (entries: Entry[]) => void, string]>([
    ['a changed member', (all) => void (all[1] = { ...all[1]!, atMs: START }), 'entry 1 was changed'],
    ['a new member', (all) => void (all[1] = Object.assign({ x: 1 }, all[1])), 'entry 1 was changed'],
    ['a removed entry', (all) => void all.splice(1, 1), 'entry 1 is numbered 2'],
    ['a removed beginning', (all) => void all.splice(0, 1), 'entry 0 is numbered 1'],
    ['entries in another order', (all) => void all.reverse(), 'entry 0 is numbered 2'],
    ['a changed hash', (all) => void (all[0] = { ...all[0]!, hash: NO_HASH }), 'entry 0 was changed'],
    [
      'an entry that was replaced, with a hash that fits',
      (all) => void (all[1] = entryAfter(all[0], START, voice)),
      'entry 2 does not follow from the one before',
    ],
  ])('shows %s', (_, change, fault) => {
    const changed = [...entries];
    change(changed);
    expect(chainFault(changed)).toBe(fault);
  });
});
