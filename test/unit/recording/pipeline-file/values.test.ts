import { compose } from '../../../../src/recording/pipeline-file/compose.ts';
import { parsePipelineFile } from '../../../../src/recording/pipeline-file/pipeline-file.ts';
import { checkedSettings, valuesOf, type PropertyValue } from '../../../../src/recording/pipeline-file/values.ts';
import { audioTrack, context, HOSTILE_IDS } from '../support.ts';

const HEADER = '# name: x\n# scope: track\n# kinds: audio\n# settings: host, port:number=5004\n';

function values(element: string, over: Parameters<typeof context>[0] = {}): PropertyValue[] {
  const file = parsePipelineFile('x', `${HEADER}appsrc name=track ! ${element}`);
  return valuesOf(compose(file, ['opus']).assignments, context(over));
}
const value = (text: string, over: Parameters<typeof context>[0] = {}): string | number | undefined =>
  values(`e name=e ${text}`, over)[0]?.value;

describe('what placeholders become', () => {
  it.each([
    ['p={conversation}', 'room'],
    ['p={recording}', 'r1'],
    ['p={started}', '2026-11-22T19:05:07.250Z'],
    ['p={segment}', 3],
    ['p={userid}', 'ann'],
    ['p={clientid}', 'laptop'],
    ['p={kind}', 'audio'],
    ['p={codec}', 'opus'],
    ['p={mid}', '0'],
    ['p={ssrc}', 0x1001],
    ['p={csrc}', 7],
    ['p={payloadtype}', 111],
    ['p={clockrate}', 48_000],
    ['p={host}', 'example.org'],
    ['p={port}', 5004],
    ['p="{port}"', 5004],
    ['location={dir}/{track}-{segment}.ogg', 'ann-49915e0d7d4b402e-audio-00001001-0003.ogg'],
    ['location={dir}/{started}_{kind}_{track}_{segment}', /^20261122T190507Z_audio-[0-9a-f]{16}_ann-.*_0003$/],
  ])('%s: %s', (text, expected) => {
    const is = value(text, {
      settings: new Map<string, string | number>([
        ['host', 'example.org'],
        ['port', 5004],
      ]),
    });
    if (expected instanceof RegExp) expect(is).toMatch(expected);
    else expect(is).toBe(expected);
  });

  it('say where they go', () => {
    expect(values('e p={userid} location={dir}/{track}{segment}')).toEqual([
      { element: 'at-5-23', property: 'p', value: 'ann', isFile: false },
      { element: 'at-5-23', property: 'location', value: expect.stringMatching(/^ann-/), isFile: true },
    ]);
  });

  it.each(HOSTILE_IDS.map((id) => [JSON.stringify(id).slice(0, 40), id]))('are safe for %s', (_, id) => {
    const over = { conversation: id, recording: id, tracks: [audioTrack({ userid: id, clientid: id, mid: id })] };
    const name = value('location={dir}/{conversation}-{track}-{segment}.ogg', over);
    expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$|^-[A-Za-z0-9_.-]*$/);
    expect(String(name).length).toBeLessThanOrEqual(255);
    expect(String(name)).not.toContain('..');
    // A value keeps every character that GObject can hold.
    const userid = String(value('p={userid}', over));
    expect(userid).toBe(Buffer.from(id, 'utf8').toString('utf8').replaceAll('\0', '\ufffd'));
  });

  it('refuse a file name that is too long', () => {
    const long = {
      conversation: 'c'.repeat(256),
      tracks: [audioTrack({ userid: 'u'.repeat(256), clientid: 'd'.repeat(256) })],
    };
    expect(() => value('location={dir}/{conversation}{userid}{clientid}{mid}{codec}{track}{segment}', long)).toThrow(
      'characters long',
    );
  });
});

describe('settings', () => {
  const settings = [
    { name: 'host', type: 'text', default: null },
    { name: 'port', type: 'number', default: 5004 },
  ] as const;

  it('are those given, else the defaults', () => {
    expect([...checkedSettings(settings, { host: 'a' })]).toEqual([
      ['host', 'a'],
      ['port', 5004],
    ]);
    expect(checkedSettings(settings, { host: 'a', port: 1 }).get('port')).toBe(1);
  });

  it.each([
    [{}, 'the setting host is needed'],
    [{ host: 7 }, 'the setting host is a text'],
    [{ host: 'x'.repeat(1025) }, 'of at most 1024'],
    [{ host: 'a', port: '1' }, 'the setting port is a number'],
    [{ host: 'a', port: NaN }, 'the setting port is a number'],
    [{ host: 'a', prot: 1 }, 'there is no setting prot'],
    [{ host: ['a'] }, 'the setting host is a text'],
  ])('%j: %s', (given, message) => {
    expect(() => checkedSettings(settings, given)).toThrow(message);
  });
});
