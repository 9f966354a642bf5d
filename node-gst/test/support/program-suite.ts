/** What each program of `test/native` must say, however it was compiled. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { runProgram } from './programs.ts';

interface Sizes {
  /** Packets of SRTP each way. */
  readonly srtp: number;
}

/** Builds the program once, for all tests. */
export function programSuite(build: () => string, { srtp }: Sizes): void {
  let program: string;
  beforeAll(() => void (program = build()), 900_000);
  afterAll(() => {
    if (program) rmSync(dirname(program), { recursive: true });
  });

  test.each([
    ['threads against each other', 'stress', 2, /^sent \d+, key frames asked \d+\n$/],
    ['taps and their readers', 'taps', 2, /^taken \d+, read to the end \d+\n$/],
    ['queues, windows and streams against models', 'models', 20_000, /^as the models\n$/],
    ['reports, resends and feedback against bytes and models', 'direct', 10_000, /^as it should be\n$/],
    ['a direct reception, its threads against each other', 'reception', 10_000, /^as it should be\n$/],
    ['SRTP both ways against RFC 3711 and libsrtp', 'srtp', srtp, /^as libsrtp\n$/],
    ['a direct egress: its packets read by libsrtp, its threads', 'egress', 2, /^sent and authentic\n$/],
    ['packets that wait for the rest of their picture', 'pictures', 20_000, /^whole pictures\n$/],
    ['hostile bytes', 'hostile', 100_000, /^fed \d+, sent \d+\n$/],
  ])(
    '%s',
    (_, name, size, output) => {
      const done = runProgram(program, name, String(size));
      expect(done.output).toMatch(output);
      expect(done.status).toBe(0);
    },
    180_000,
  );
}
