import { freeOnThrow } from '../../../../src/media/gst/free-on-throw.ts';

describe('freeOnThrow', () => {
  let freed: string[];
  const part = (name: string) => ({ name, dispose: () => freed.push(name) });
  beforeEach(() => {
    freed = [];
  });

  it('hands over what was made, and frees nothing', () => {
    const one = part('one');
    expect(freeOnThrow((own) => [own(one), 'whatever'])).toEqual([one, 'whatever']);
    expect(freed).toEqual([]);
  });

  it('frees everything that was made before the step that throws, the last first', () => {
    const error = new Error('the third step');
    const make = () =>
      freeOnThrow((own) => {
        own(part('one'));
        own(part('two'));
        throw error;
      });
    expect(make).toThrow(error);
    expect(freed).toEqual(['two', 'one']);
  });
});
