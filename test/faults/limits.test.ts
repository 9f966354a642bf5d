// The system gives no more open files. That of threads is in test/contract/faults.
import { jest } from '@jest/globals';
import { runOut } from '../support/run-out.ts';

jest.setTimeout(180_000);

test('open files run out', () => runOut('open files', {}, ['prlimit', '--nofile=256:256']));
