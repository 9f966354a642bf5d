import { readFileSync } from 'node:fs';

/** Datagrams that the kernel dropped at the sockets of these ports, since they were opened: nobody came to read them. */
export const droppedAt = (ports: readonly number[]): number =>
  ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((table) => readFileSync(table, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '']) => ports.includes(Number.parseInt(local.split(':')[1] ?? '', 16)))
    .reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
