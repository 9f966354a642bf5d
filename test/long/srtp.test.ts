// SRTP of our own against libsrtp, both ways, over so many packets that sequence numbers wrap many times.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildSanitized, runProgram } from '../../node-gst/test/support/programs.ts';

test('a million packets each way are what libsrtp makes of them', () => {
  const program = buildSanitized('address,undefined');
  try {
    const { status, output } = runProgram(program, 'srtp', '1000000');
    expect(output).toBe('as libsrtp\n');
    expect(status).toBe(0);
  } finally {
    rmSync(dirname(program), { recursive: true });
  }
}, 900_000);
