import { listed } from '../../../../demo/page/call/notice.js';
import { stateOf } from '../../../../demo/page/call/people.js';
import { keyOf } from '../../../../demo/page/call/shortcuts.js';
import { nameOf } from '../../../../demo/page/call/tile.js';
import { problemOf } from '../../../../demo/page/lobby/problems.js';

describe('names', () => {
  it.each([
    [['Ann'], 'Ann'],
    [['Ann', 'Ben'], 'Ann and Ben'],
    [['Ann', 'Ben', 'Cid'], 'Ann, Ben and Cid'],
    [['Ann', 'Ben', 'Cid', 'Dan'], 'Ann, Ben and 2 others'],
  ])('of %j are told as %s', (names, text) => expect(listed(names)).toBe(text));

  it('are made up for those who have none', () => {
    expect(nameOf({ userid: 'Ann', csrc: 5 })).toBe('Ann');
    expect(nameOf({ userid: null, csrc: 4_294_967_295 })).toBe('Guest 295');
    expect(nameOf({ userid: null, csrc: null })).toBe('Guest 0');
  });
});

describe('the state of a person', () => {
  const person = { speaking: true, muted: false, kinds: ['audio', 'video'] as ('audio' | 'video')[] };
  it.each([
    [person, 'speaks'],
    [{ ...person, speaking: false }, ''],
    [{ ...person, muted: true }, 'muted'],
    [{ ...person, muted: true, kinds: [] }, 'only listens'],
  ])('%j is told as %s', (value, text) => expect(stateOf(value)).toBe(text));
});

describe('a key', () => {
  const press = { key: 'm', ctrlKey: false, altKey: false, metaKey: false, repeat: false, defaultPrevented: false };

  it('is heeded', () => {
    expect(keyOf(press, 'BODY')).toBe('m');
    expect(keyOf({ ...press, key: 'M' }, 'BUTTON')).toBe('m');
  });

  it.each([
    [{ ctrlKey: true }, 'BODY'],
    [{ altKey: true }, 'BODY'],
    [{ metaKey: true }, 'BODY'],
    [{ repeat: true }, 'BODY'],
    [{ defaultPrevented: true }, 'BODY'],
    [{}, 'INPUT'],
    [{}, 'SELECT'],
  ])('with %j on %s is not meant', (change, target) => expect(keyOf({ ...press, ...change }, target)).toBeNull());
});

describe('a problem with a device', () => {
  it.each([
    ['InsecureContext', /https/],
    ['NotAllowedError', /not allowed.*Allow it/],
    ['NotFoundError', /No microphone was found/],
    ['NotReadableError', /another program/],
    ['SomethingNew', /SomethingNew/],
  ])('%s says what to do', (name, text) => expect(problemOf('audio', { name })).toMatch(text));

  it('is that of the camera where it is the camera', () => {
    expect(problemOf('video', { name: 'NotFoundError' })).toMatch(/No camera/);
  });
});
