/** Limits of taps: what somebody else decides how often it comes cannot fill the queue to JavaScript. */
import { jest } from '@jest/globals';
import { make, pipeline } from 'node-gst';
import type { GstObject, SignalOptions, TapSignal, Value } from 'node-gst';
import { allGone, thrown, until } from './support.ts';

jest.setTimeout(60_000);
afterEach(allGone);

/** A bin whose every new child is tapped; children are bins themselves, which tell of theirs by name. */
function scene(...tap: (string | TapSignal)[]) {
  const outer = pipeline();
  const seen: Value[][] = [];
  const children: GstObject[] = [];
  outer.on('element-added', (child) => children.push(child as GstObject), {
    tap,
    onTap: (signal, object, ...args) => {
      // The child itself, in both signals.
      (args[0] as GstObject).dispose();
      seen.push([signal, object.name, ...args.filter((each) => typeof each !== 'object')]);
    },
  });
  const add = (name: string): GstObject => {
    const child = make('bin', name);
    outer.add(child);
    return child;
  };
  /** `child` emits `child-added` once for each name. */
  const tell = (child: GstObject, ...names: string[]): void => {
    for (const name of names) {
      const grandchild = make('identity', name);
      child.add(grandchild);
      child.remove(grandchild);
      grandchild.dispose();
    }
  };
  const end = (...objects: GstObject[]): void => {
    for (const object of [...objects, ...children, outer]) object.dispose();
  };
  return { seen, children, add, tell, end };
}

const names = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `n${from + i}`);
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('maxPending: what JavaScript has not had yet has a bound', async () => {
  const { seen, children, add, tell, end } = scene({ signal: 'child-added', maxPending: 3 });
  const child = add('child');
  tell(child, ...names(10));
  await until('the tap is there', () => seen.length > 0);
  await turn();
  expect(seen.map(([, , name]) => name)).toEqual(names(3));
  expect(children[0]!.tapDropped()).toBe(7);
  // Those were had: there is room again.
  tell(child, ...names(3, 10));
  await until('they came', () => seen.length === 6 || seen.length);
  expect(children[0]!.tapDropped()).toBe(7);
  end(child);
});

test('maxLength: in bytes, and of every text among the arguments', async () => {
  const { seen, children, add, tell, end } = scene({ signal: 'child-added', maxLength: 8 });
  const child = add('child');
  tell(child, 'eight888', 'nine99999', 'ääää', 'äääää', 'x'.repeat(100_000), '');
  await until('three came', () => seen.length === 3 || seen.length);
  await turn();
  expect(seen.map(([, , name]) => name)).toEqual(['eight888', 'ääää', '']);
  expect(children[0]!.tapDropped()).toBe(3);
  end(child);
});

test('perSecond: so many at once, and then as time goes by', async () => {
  const { seen, children, add, tell, end } = scene({ signal: 'child-added', perSecond: 5 });
  const child = add('child');
  const began = performance.now();
  tell(child, ...names(50));
  await until('they came', () => seen.length >= 5 || seen.length);
  await turn();
  const allowed = () => 5 + Math.floor(((performance.now() - began) / 1000) * 5) + 1;
  expect(seen.length).toBeLessThanOrEqual(allowed());
  expect(children[0]!.tapDropped()).toBe(50 - seen.length);
  let told = 50;
  await until('three more were let in', () => {
    tell(child, ...names(1, told++));
    return seen.length >= 8;
  });
  await turn();
  expect(performance.now() - began).toBeGreaterThan(500);
  expect(seen.length).toBeLessThanOrEqual(allowed());
  expect(children[0]!.tapDropped()).toBe(told - seen.length);
  end(child);
});

test('what a limit drops costs the others nothing: objects, signals, and those without', async () => {
  const { seen, children, add, tell, end } = scene({ signal: 'child-added', maxPending: 1 }, 'child-removed');
  const [one, two] = [add('one'), add('two')];
  tell(one, ...names(5));
  tell(two, ...names(2));
  await until('they came', () => seen.length === 9 || seen);
  const of = (signal: string, object: string) => seen.filter((each) => each[0] === signal && each[1] === object).length;
  expect([of('child-added', 'one'), of('child-removed', 'one')]).toEqual([1, 5]);
  expect([of('child-added', 'two'), of('child-removed', 'two')]).toEqual([1, 2]);
  expect(children.map((child) => child.tapDropped())).toEqual([4, 1]);
  // Wrappers that nothing was tapped on.
  expect([one.tapDropped(), two.tapDropped()]).toEqual([0, 0]);
  end(one, two);
});

test('what is queued when the tap ends leaves nothing behind', async () => {
  const { seen, children, add, tell, end } = scene({ signal: 'child-added', maxPending: 2 });
  const child = add('child');
  tell(child, 'first');
  await until('the tap is there', () => seen.length === 1);
  tell(child, 'second', 'third', 'fourth');
  children[0]!.dispose();
  await turn();
  expect(seen).toHaveLength(1);
  expect(thrown(() => children[0]!.tapDropped()).message).toBe('tapDropped: this object was disposed');
  end(child);
});

test('limits that are none are refused', () => {
  const outer = pipeline();
  const on = (tap: unknown): string => {
    const { name, message } = thrown(() =>
      outer.on('element-added', null, { tap, onTap: () => undefined } as SignalOptions),
    );
    expect(name).toBe('TypeError');
    return message;
  };
  expect(on([{}])).toBe('on: tap[0].signal must be a string, got undefined');
  expect(on(['x', { signal: 5 }])).toBe('on: tap[1].signal must be a string, got 5');
  expect(on([null])).toBe('on: tap[0] must be a string, got null');
  for (const limit of ['maxLength', 'maxPending', 'perSecond']) {
    for (const value of [0, -1, 1.5, NaN, 2 ** 31, '5', null]) {
      expect(on([{ signal: 'child-added', [limit]: value }])).toMatch(
        new RegExp(`^on: "${limit}" of a tap must be a positive integer, got `),
      );
    }
  }
  outer.dispose();
});
