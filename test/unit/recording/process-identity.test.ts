import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { identityOf, isAlive } from '../../../src/recording/process-identity.ts';

let child: ChildProcess;
beforeEach(() => void (child = spawn('sleep', ['60'])));
afterEach(() => void child.kill('SIGKILL'));

const pidOf = ({ pid }: ChildProcess): number => pid ?? 0;

describe('the identity of a process', () => {
  it('is of it as long as it lives, whatever it runs', async () => {
    const identity = identityOf(pidOf(child))!;
    expect(identity).toMatchObject({ pid: child.pid, boot: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect(isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(identityOf(identity.pid)).toBeNull();
  });

  it.each([{ boot: '00000000-0000-0000-0000-000000000000' }, { startTicks: 1 }])(
    'is not of one with its number that %o',
    (other) => {
      expect(isAlive({ ...identityOf(pidOf(child))!, ...other })).toBe(false);
    },
  );

  it('is not of one that has ended, and that its parent has not yet asked about', async () => {
    // The shell becomes a program that never asks.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60']);
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const identity = identityOf(Number(text.toString()))!;
    const deadline = performance.now() + 5_000;
    while (isAlive(identity) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isAlive(identity)).toBe(false);
    expect(identityOf(identity.pid)).toEqual(identity);
    parent.kill('SIGKILL');
  });
});
