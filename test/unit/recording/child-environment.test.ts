import { childEnvironment } from '../../../src/recording/child-environment.ts';

it('the environment of a recorder is these three, and nothing of ours', () => {
  expect(childEnvironment('/private')).toEqual({
    HOME: '/private',
    GST_REGISTRY: '/private/registry.bin',
    LANG: 'C.UTF-8',
  });
});
