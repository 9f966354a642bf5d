// Processes of servers, as the bench watches and ends them.
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';

/** Of /proc/<pid>/stat; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const END_MS = 10_000;

/** @param {import('node:child_process').ChildProcess} child */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await exited;
  clearTimeout(kill);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** CPU time of a process with all threads it ever had, µs. @param {number} pid */
export function cpuUsOf(pid) {
  // The name of the program is in parentheses and may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

/** @param {number} pid */
export const footprintOf = (pid) => ({
  threads: readdirSync(`/proc/${pid}/task`).length,
  fds: readdirSync(`/proc/${pid}/fd`).length,
  rssKb: Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
});

/** What its threads are called, and what its descriptors are of. @param {number} pid */
export const detailsOf = (pid) => ({
  tasks: tasksOf(pid),
  open: entriesOf(`/proc/${pid}/fd`, (path) => readlinkSync(path)),
});

/** Number and name of each of its threads. @param {number} pid */
export const tasksOf = (pid) => entriesOf(`/proc/${pid}/task`, (path) => readFileSync(`${path}/comm`, 'utf8').trim());

/** One for all associations; it ends with the last of them, or only with the next last one. */
const USRSCTP_TIMER = 'SCTP timer';

/** Those that count: without the timer of usrsctp, which comes and goes. @param {readonly string[]} tasks */
export function lastingTasks(tasks) {
  const timer = tasks.findIndex((task) => task.endsWith(USRSCTP_TIMER));
  return timer < 0 ? tasks : tasks.toSpliced(timer, 1);
}

/** What can be read of each entry; one that is gone meanwhile is left out. */
const entriesOf = (directory, read) =>
  readdirSync(directory).flatMap((name) => {
    try {
      return [`${name} ${read(`${directory}/${name}`)}`];
    } catch {
      return [];
    }
  });

/** Datagrams that the kernel dropped at sockets whose owner did not come to read them; of this network namespace. */
export function droppedDatagrams() {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('RcvbufErrors')]);
}

/** Time that the cores of this machine were busy, ms, whoever it was for. */
export const busyMs = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
