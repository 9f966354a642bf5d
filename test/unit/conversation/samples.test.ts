import type { Mid, PeerId } from '../../../src/base/ids.ts';
import { samplesOf } from '../../../src/conversation/samples.ts';
import type { Track, TrackLevel } from '../../../src/media/types.ts';

const track = (peer: string, mid = '0'): Track => ({ peer: peer as PeerId, mid: mid as Mid, kind: 'audio' });
const level = (of: Track, rest: Partial<TrackLevel> = {}): TrackLevel => ({
  track: of,
  packets: 5,
  bytes: 400,
  levels: [],
  voiced: 0,
  ...rest,
});

describe('samplesOf', () => {
  it('has one sample per device that sent anything', () => {
    const samples = samplesOf([level(track('a'), { levels: [-20] }), level(track('b'), { voiced: 3 })]);
    expect([...samples.keys()]).toEqual(['a', 'b']);
    expect(samples.get('a' as PeerId)).toMatchObject({ packets: 5, bytes: 400, levels: [-20], voiced: 0 });
    expect(samples.get('b' as PeerId)).toMatchObject({ levels: [], voiced: 3 });
    expect(samplesOf([]).size).toBe(0);
  });

  it.each([
    ['of one length: the louder at each moment', [-20, -90, -30], [-50, -40, -90], [-20, -40, -30]],
    ['of two lengths: the newest are of one age', [-90, -90, -90], [-20, -30], [-90, -20, -30]],
    ['of two lengths, the other way round', [-20, -30], [-90, -90, -90], [-90, -20, -30]],
    ['of which one has no levels', [-20, -30], [], [-20, -30]],
  ])('takes tracks together %s', (_, first, second, levels) => {
    const samples = samplesOf([level(track('a'), { levels: first }), level(track('a', '1'), { levels: second })]);
    expect(samples.get('a' as PeerId)?.levels).toEqual(levels);
  });

  it('does not add up packets of tracks that go side by side', () => {
    const [quiet, loud] = [
      level(track('a'), { packets: 6, bytes: 100, voiced: 0 }),
      level(track('a', '1'), { packets: 5, bytes: 400, voiced: 4 }),
    ];
    for (const both of [
      [quiet, loud],
      [loud, quiet],
    ]) {
      expect(samplesOf(both).get('a' as PeerId)).toEqual({ packets: 6, bytes: 400, levels: [], voiced: 4 });
    }
  });
});
