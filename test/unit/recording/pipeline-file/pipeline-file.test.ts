import { compose, descriptionOf } from '../../../../src/recording/pipeline-file/compose.ts';
import { parsePipelineFile, type PipelineFile } from '../../../../src/recording/pipeline-file/pipeline-file.ts';
import { PipelineFileError } from '../../../../src/recording/pipeline-file/error.ts';

const HEADER = '# name: x\n# scope: track\n# kinds: audio\n';
const file = (body: string, header = HEADER): PipelineFile => parsePipelineFile('x', `${header}${body}`);
const error = (body: string, header = HEADER): PipelineFileError => {
  try {
    file(body, header);
  } catch (thrown) {
    if (thrown instanceof PipelineFileError) return thrown;
    throw thrown;
  }
  throw new Error('it was taken');
};

describe('the header', () => {
  it('says what the file is', () => {
    const { name, scope, kinds, settings, fill, messages } = file(
      'appsrc name=track ! fakesink',
      '# A picture: of nothing.\n# name: x\n#scope: track\n# kinds: audio, video\n# fill: silence\n' +
        '# messages: level, spectrum\n# settings: host=127.0.0.1, port:number=5004, title, gain:number, key:secret\n',
    );
    expect({ name, scope, kinds, fill, messages }).toEqual({
      name: 'x',
      scope: 'track',
      kinds: ['audio', 'video'],
      fill: 'silence',
      messages: ['level', 'spectrum'],
    });
    expect(settings).toEqual([
      { name: 'host', type: 'text', default: '127.0.0.1' },
      { name: 'port', type: 'number', default: 5004 },
      { name: 'title', type: 'text', default: null },
      { name: 'gain', type: 'number', default: null },
      { name: 'key', type: 'text', default: null, isSecret: true },
    ]);
  });

  it.each([
    ['', 'appsrc name=track', 'x.gst:1:1: the header needs a line "# name: …"'],
    ['# name: y\n# scope: track\n# kinds: audio\n', 'a', 'x.gst:1:1: the file is named x, its header says y'],
    ['# name: X!\n', 'a', 'x.gst:1:1: name is lower-case letters, digits and "-", not "X!"'],
    ['# name: x\n# scope: all\n', 'a', 'x.gst:2:1: scope is track or conversation, not "all"'],
    ['# name: x\n# scope: track\n# kinds: sound\n', 'a', 'x.gst:3:1: kinds is audio, video, or both, not "sound"'],
    [`${HEADER}# fill: noise\n`, 'a', 'x.gst:4:1: fill is none or silence, not "noise"'],
    [`${HEADER}# name: x\n`, 'a', 'x.gst:4:1: name is here twice'],
    [
      `${HEADER}# settings: 7\n`,
      'a',
      'x.gst:4:1: a setting is name, name=default, name:number=default or name:secret, not "7"',
    ],
    [`${HEADER}# settings: a=" ! b\n`, 'a', 'x.gst:4:1: a setting is name,'],
    [`${HEADER}# settings: a:number=b\n`, 'a', 'x.gst:4:1: the default of a is no number'],
    [`${HEADER}# settings: a, a\n`, 'a', 'x.gst:4:1: the setting a is here twice'],
    [`${HEADER}# settings: dir\n`, 'a', 'x.gst:4:1: {dir} is there already'],
    [HEADER, 'appsrc\r\n', 'x.gst:4:7: a control character'],
    [HEADER, '# track.av1:\nappsrc', 'x.gst:4:1: track.av1: there are audio, video, opus, vp8, h264'],
    [HEADER, '# track.vp8:\nappsrc name=track', 'x.gst:4:1: track.vp8 is of no kind of the file'],
    [HEADER, '# track.opus:\n# track.opus:\n', 'x.gst:5:1: track.opus is here twice'],
    [HEADER, '# track.opus:\nfakesrc', 'x.gst:4:1: track.opus: no "appsrc name=track"'],
    [HEADER, 'fakesrc', 'x.gst:1:1: no "appsrc name=track" for audio'],
    [HEADER, 'fakesrc name=track', 'x.gst:4:9: only an appsrc may be named track'],
    [HEADER, 'a name=b name=b', 'x.gst:4:10: two elements are named b'],
    [HEADER, 'a name="b c"', 'x.gst:4:8: a name has letters, digits'],
    [
      HEADER,
      'appsrc name=track\n# track.opus:\nappsrc name=track',
      'x.gst:6:8: there is an "appsrc name=track" outside',
    ],
    [
      '# name: x\n# scope: conversation\n# kinds: audio\n',
      'appsrc name=track',
      'x.gst:4:8: in a pipeline about a conv',
    ],
  ])('%j, and %j: %s', (header, body, message) => {
    expect(error(body, header).message).toContain(message);
  });
});

describe('a placeholder', () => {
  it.each([
    ['a b=x{userid}', 6, '{userid} may only be a whole property value, or stand in a location'],
    ['a b={userid}x', 5, 'may only be a whole'],
    ['a b="{userid} "', 6, 'may only be a whole'],
    ['a {userid}', 3, 'may only be a whole'],
    ['{userid}', 1, 'may only be a whole'],
    ['a ! {codec}parse', 5, 'may only be a whole'],
    ['a ! audio/x-raw,rate={clockrate}', 22, 'may only be a whole'],
    ['a caps="audio/x-raw,rate={clockrate}"', 26, 'may only be a whole'],
    ['a {userid}=b', 3, 'may only be a whole'],
    ['a name={userid}', 8, 'a name has letters'],
    ['a b::c={userid}', 8, "cannot be set at a child's property"],
    ['a b={nobody}', 5, 'there is no {nobody}; there are {conversation}'],
    ['a b={dir}', 5, '{dir} may only stand in a location'],
    ['a b={track}', 5, '{track} may only stand in a location'],
  ])('%s is refused at column %d: %s', (text, column, message) => {
    const { position, text: what } = error(`appsrc name=track\n${text}`);
    expect({ position, what }).toEqual({ position: { line: 5, column }, what: expect.stringContaining(message) });
  });

  it.each([
    ['a location=/etc/passwd', 'begins with {dir}/'],
    ['a location=x-{segment}', 'begins with {dir}/'],
    ['a location="{dir}/../{track}-{segment}"', 'letters, digits'],
    ['a location={dir}/.{track}-{segment}', 'letters, digits'],
    ['a location={dir}/a/{track}-{segment}', 'letters, digits'],
    ['a location="{dir}/a b{track}-{segment}"', 'letters, digits'],
    ['a location={dir}/{track}.ogg', 'a location needs {segment}'],
    ['a location={dir}/{segment}.ogg', 'a location needs {track}'],
    ['a location={dir}/{dir}{track}{segment}', '{dir} cannot be a part of a file name'],
    ['a location={dir}/{title}{track}{segment}', '{title} cannot be a part of a file name'],
    ['a location={dir}/{nobody}{track}{segment}', 'there is no {nobody}'],
  ])('in %s is refused: %s', (text, message) => {
    expect(error(`appsrc name=track ! ${text}`, `${HEADER}# settings: title\n`).message).toContain(message);
  });

  it('needs an element in front of it', () => {
    expect(error('b={userid} ! appsrc name=track').message).toBe(
      'x.gst:4:1: a property without an element in front of it',
    );
  });

  it('about one track cannot stand where there are several', () => {
    const header = '# name: x\n# scope: conversation\n# kinds: audio\n';
    const branch = '# track.opus:\nappsrc name=track ! a';
    expect(error(`a b={userid}\n${branch}`, header).message).toContain('x.gst:4:5: {userid} is about one track');
    expect(() => file(`a b={conversation} location={dir}/{segment}\n${branch} b={userid}`, header)).not.toThrow();
  });

  it('lists of caps are no placeholders', () => {
    expect(() => file('appsrc name=track ! video/x-raw,format={I420,NV12},width={1,2} ! fakesink')).not.toThrow();
  });
});

describe('a pipeline for tracks', () => {
  it('has fixed texts in the place of values, and a name where something is set', () => {
    const composed = compose(
      file(
        'appsrc name=track ! udpsink host={host} port={port} ttl=3',
        `${HEADER}# settings: host, port:number=5004\n`,
      ),
      ['opus'],
    );
    expect(descriptionOf(composed.words)).toBe(
      'appsrc name=track ! udpsink host=placeholder name=at-5-29 port=5004 ttl=3',
    );
    expect(composed.assignments).toEqual([
      { kind: 'value', name: 'host', element: 'at-5-29', property: 'host', track: 0, line: 5, column: 29 },
      { kind: 'value', name: 'port', element: 'at-5-29', property: 'port', track: 0, line: 5, column: 41 },
    ]);
    expect(composed.sources).toEqual(['track']);
  });

  it('has a branch per track, with names of its own, and the rest once', () => {
    const header = '# name: x\n# scope: conversation\n# kinds: audio, video\n';
    const composed = compose(
      file(
        '# once:\nmux name=mux ! f location={dir}/{segment}.mkv name=out\n' +
          '# track.audio:\nappsrc name=track ! q name=q ! mux.audio_%u q. ! t b={userid}\n' +
          '# track.video:\nappsrc name=track ! mux.',
        header,
      ),
      ['opus', 'vp8', 'opus'],
    );
    expect(descriptionOf(composed.words)).toBe(
      'mux name=mux ! f location=placeholder name=out ' +
        'appsrc name=track-0 ! q name=q-0 ! mux.audio_%u q-0. ! t b=placeholder name=at-7-52-0 ' +
        'appsrc name=track-1 ! mux. ' +
        'appsrc name=track-2 ! q name=q-2 ! mux.audio_%u q-2. ! t b=placeholder name=at-7-52-2',
    );
    expect(composed.sources).toEqual(['track-0', 'track-1', 'track-2']);
    expect(composed.assignments.map(({ element, track }) => [element, track])).toEqual([
      ['out', null],
      ['at-7-52-0', 0],
      ['at-7-52-2', 2],
    ]);
  });

  it('takes the branch of the codec before that of the kind', () => {
    const two = file(
      '# track.video:\nappsrc name=track ! any\n# track.vp8:\nappsrc name=track ! vp8',
      '# name: x\n# scope: track\n# kinds: video\n',
    );
    const text = (codec: 'vp8' | 'h264' | 'opus'): string => descriptionOf(compose(two, [codec]).words);
    expect(text('vp8')).toBe('appsrc name=track-0 ! vp8');
    expect(text('h264')).toBe('appsrc name=track-0 ! any');
    expect(() => text('opus')).toThrow('x has nothing for opus');
    expect(() => compose(two, ['vp8', 'vp8'])).toThrow('x is about one track, not 2');
  });
});
