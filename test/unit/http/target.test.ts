import { parseTarget, type Target } from '../../../src/http/target.ts';

const connect: Target = { endpoint: 'connect' };
const none: Target = { endpoint: 'none' };
const join = (segment: string): Target => ({ endpoint: 'join', segment });

test.each<[string, Target]>([
  ['/connect', connect],
  ['/connect?token=secret', connect],
  ['/connect?a=/join/b', connect],
  ['/connect#x', connect],
  ['http://example.org/connect?token=1', connect],
  ['HTTPS://example.org:8443/join/a', join('a')],
  ['/join/a', join('a')],
  ['/join/a?token=b/c', join('a')],
  ['/join/', join('')],
  ['/join/?x', join('')],
  ['/join/a%2Fb', join('a%2Fb')],
  ['/join/a%252Fb', join('a%252Fb')],
  ['/join/%', join('%')],
  ['/join/%ff', join('%ff')],
  ['/join/..', join('..')],
  ['/join/a:b', join('a:b')],
  ['/connect/', none],
  ['/Connect', none],
  ['//connect', none],
  ['/%63onnect', none],
  ['/join', none],
  ['/join?a', none],
  ['/join/a/', none],
  ['/join/a/b', none],
  ['/join//', none],
  ['/x/../connect', none],
  ['/', none],
  ['*', none],
  ['', none],
  ['connect', none],
  ['/?/connect', none],
  ['http://example.org', none],
])('%j', (url, target) => {
  expect(parseTarget(url)).toEqual(target);
});
