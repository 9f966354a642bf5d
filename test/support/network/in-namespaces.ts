import { noNamespaces } from './lab.ts';

const why = noNamespaces();

/** A test that makes network namespaces: as anybody but root it is skipped, and says so. */
export const inNamespaces = (name: string, run: () => Promise<void>): void => {
  if (why === null) test(name, run);
  else test.skip(`${name} (skipped: ${why})`, run);
};
