// Janus from Debian's package, with its VideoRoom and nothing else, as the bench starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopback, mediaAddress } from '../address.mjs';
import { end, freePort } from '../process.mjs';

const LIBRARIES = '/usr/lib';
const PLUGIN = 'plugins/libjanus_videoroom.so';
const TRANSPORT = 'transports/libjanus_websockets.so';
const LISTENS_WITHIN_MS = 10_000;

/** Media threads that all connections share, instead of one for each: the cheaper of the two ways Janus can be run. */
const EVENT_LOOPS = 2;

/** Null where it is not installed, or there is no address that it takes for media. @returns {{ program: string, modules: string } | null} */
export function findJanus() {
  if (isLoopback(mediaAddress())) return null;
  const program = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'janus'))
    .find(isExecutable);
  const folders = ['', ...readdirSync(LIBRARIES)].map((name) => join(LIBRARIES, name, 'janus'));
  const modules = folders.find((folder) => existsSync(join(folder, PLUGIN)) && existsSync(join(folder, TRANSPORT)));
  return program === undefined || modules === undefined ? null : { program, modules };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Listening on a port of its own. @param {{ program: string, modules: string }} janus */
export async function startJanus({ program, modules }) {
  const port = await freePort();
  const directory = configure(modules, port);
  const child = spawn(program, ['-F', directory, '-C', join(directory, 'janus.jcfg')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const janus = {
    kind: 'janus',
    port,
    pid: child.pid,
    end: async () => {
      await end(child);
      rmSync(directory, { recursive: true });
    },
  };
  const deadline = performance.now() + LISTENS_WITHIN_MS;
  while (!(await isListening(port))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || performance.now() > deadline) {
      await janus.end();
      throw new Error('Janus does not listen');
    }
    await sleep(50);
  }
  return janus;
}

async function isListening(port) {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return isOpen;
}

/** Its files, in a folder of their own. */
function configure(modules, port) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-janus-'));
  for (const folder of ['plugins', 'transports', 'events', 'loggers']) mkdirSync(join(directory, folder));
  for (const module of [PLUGIN, TRANSPORT]) symlinkSync(join(modules, module), join(directory, module));
  const folders = {
    configs_folder: directory,
    plugins_folder: join(directory, 'plugins'),
    transports_folder: join(directory, 'transports'),
    events_folder: join(directory, 'events'),
    loggers_folder: join(directory, 'loggers'),
  };
  // 2: errors and warnings of its own making; it has no level for none at all.
  write(directory, 'janus.jcfg', {
    general: { ...folders, debug_level: 2, event_loops: EVENT_LOOPS, hide_dependencies: true },
    media: { ipv6: false },
    nat: { ice_enforce_list: mediaAddress() },
  });
  write(directory, 'janus.transport.websockets.jcfg', {
    general: { json: 'compact', ws: true, ws_ip: '127.0.0.1', ws_port: port },
    admin: { admin_ws: false },
  });
  write(directory, 'janus.plugin.videoroom.jcfg', { general: {} });
  return directory;
}

/** In libconfig's syntax, of which this needs little more than JSON's values. */
function write(directory, name, sections) {
  const lines = Object.entries(sections).map(([section, settings]) => {
    const inside = Object.entries(settings).map(([key, value]) => `  ${key} = ${JSON.stringify(value)};`);
    return [`${section}: {`, ...inside, '}'].join('\n');
  });
  writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
}
