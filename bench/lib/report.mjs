// The table of a bench. Pure.

const digits = (value, n) => (value === null ? '–' : value.toFixed(n));
const ms = (us) => (us === null ? '–' : (us / 1_000).toFixed(2));

const COLUMNS = [
  ['scenario', ({ title }) => title],
  ['server', ({ server }) => server],
  ['packets/s', ({ forwardedPerSecond }) => digits(forwardedPerSecond, 0)],
  ['µs/packet', ({ cpuUsPerPacket }) => digits(cpuUsPerPacket, 1)],
  ['× webrtcbin', ({ ratios }) => digits(ratios.webrtcbin, 2)],
  ['× Janus', ({ ratios }) => digits(ratios.janus, 2)],
  ['× floor', ({ ratios }) => digits(ratios.floor, 1)],
  ['cores', ({ serverCores }) => digits(serverCores, 3)],
  [
    'ms p50/p95/p99',
    ({ latencyP50Us, latencyP95Us, latencyP99Us }) =>
      latencyP50Us === null ? '–' : [latencyP50Us, latencyP95Us, latencyP99Us].map(ms).join(' / '),
  ],
  ['lost', ({ lost, expected }) => (lost === null || expected === 0 ? '–' : `${lost} of ${expected}`)],
  ['threads/peer', ({ threadsPerPeer }) => digits(threadsPerPeer, 1)],
  ['MB/peer', ({ rssKbPerPeer }) => (rssKbPerPeer === null ? '–' : (rssKbPerPeer / 1_024).toFixed(2))],
  ['fds/peer', ({ fdsPerPeer }) => digits(fdsPerPeer, 1)],
  [
    'clients, all cores',
    ({ clientCores, busyCores }) => (clientCores === null ? '–' : `${clientCores.toFixed(2)}, ${busyCores.toFixed(2)}`),
  ],
  ['rounds', ({ rounds, overload }) => (overload === null ? String(rounds) : `overloaded: ${overload}`)],
];

/** As Markdown. @param {readonly Record<string, any>[]} rows */
export function table(rows) {
  const cells = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, text]) => text(row)))];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [
    line(cells[0]),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...cells.slice(1).map(line),
  ].join('\n');
}
