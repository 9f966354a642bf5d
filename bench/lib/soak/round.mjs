// One round of a soak: clients come, do what is planned, and are gone again.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ClientProcess } from '../clients.mjs';

const PROGRAM = fileURLToPath(new URL('member-process.mjs', import.meta.url));
const SAMPLE_MS = 5_000;

/**
 * @typedef {{ port: number, round: number }} Where
 * @param {import('./schedule.mjs').Round} plan
 * @param {{ where: Where, size: import('./schedule.mjs').Size, watch: import('./watch.mjs').Watch,
 *   recordings: import('./recordings.mjs').Recordings, failed: (text: string) => void }} surroundings
 */
export async function playRound(plan, { where, size, watch, recordings, failed }) {
  const processes = Array.from({ length: size.processes }, () => new ClientProcess(PROGRAM));
  const mortal = processes.at(-1);
  const living = new Set(processes);
  const entering = processes.map(() => Promise.resolve());
  let startedMs = Infinity;
  const until = (atMs) => sleep(Math.max(0, startedMs + atMs - performance.now()));

  /** What is asked of one that has vanished fails, as it must. */
  const call = async (process, method, argument) => {
    try {
      return await process.call(method, argument);
    } catch (error) {
      if (living.has(process)) failed(`round ${where.round}: ${method} ${argument?.act ?? ''}: ${error.message}`);
      return null;
    }
  };
  const tryTo = (what) => what.catch((error) => failed(`round ${where.round}: ${error.message}`));
  const describe = async ({ id, room }) => {
    const own = await Promise.all([...living].map((process) => call(process, 'describe', id)));
    const traffic = await watch.traffic(`round-${where.round}-room-${room}`);
    return `the service: ${traffic}; the client: ${own.filter(Boolean).join(' | ')}`;
  };
  const sample = async () => {
    const parts = await Promise.all([...living].map((process) => call(process, 'report')));
    await watch.sample(
      parts.filter((part) => part !== null),
      describe,
    );
  };

  /** Everybody, in each process one after the other. */
  const enter = async () => {
    for (const member of plan.members) {
      const { room } = member;
      entering[member.process] = entering[member.process].then(() =>
        call(processes[member.process], 'act', { act: 'enter', member, room, where }),
      );
    }
    await Promise.all(entering);
  };
  const acts = async () => {
    const done = [];
    for (const { atMs, ...step } of plan.steps) {
      await until(atMs);
      const process = processes[step.member.process];
      if (living.has(process)) done.push(call(process, 'act', { ...step, where }));
    }
    await until(size.busyMs);
    await Promise.all(done);
  };
  const record = async () => {
    await until(plan.record.fromMs);
    const id = await recordings.begin(`round-${where.round}-room-${plan.record.room}`);
    await until(plan.record.toMs);
    await recordings.end(id);
  };
  const vanish = async () => {
    await until(plan.vanishAtMs);
    living.delete(mortal);
    await mortal.kill();
  };

  const sampling = setInterval(() => void tryTo(sample()), SAMPLE_MS);
  try {
    await enter();
    startedMs = performance.now();
    await Promise.all([acts(), tryTo(record()), vanish()]);
  } finally {
    clearInterval(sampling);
    await Promise.all([...living].map((process) => call(process, 'leave')));
    await tryTo(sample());
    await Promise.all([...living].map((process) => process.end()));
  }
}
