// Loaded into a recorder before all else: when it is about to exit, what GStreamer then still has of it is listed. Where
// GStreamer's log goes to is asked when it is initialised, which is later.
const { readFileSync, watch } = require('node:fs');
const process = require('node:process');
const { setImmediate: turn } = require('node:timers/promises');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const { exit } = process;
/** What JavaScript no longer holds is given up in a turn or two, of finalizers, and on another thread. */
const TURNS = 3;
const LISTED = / listed \d+ alive objects/;

async function letGo() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let times = 0; times < TURNS; times++) {
    collect();
    await turn();
  }
  await require('node-gst').freed();
}

function list(log) {
  return new Promise((resolve) => {
    const watcher = watch(log, () => {
      if (!LISTED.test(readFileSync(log, 'utf8'))) return;
      watcher.close();
      resolve();
    });
    process.kill(process.pid, 'SIGUSR1');
  });
}

if (process.argv[1]?.endsWith('/recording/child/main.js')) {
  const log = `${process.env.RECORDER_LOG}.${process.pid}`;
  process.env.GST_DEBUG_FILE = log;
  let ending;
  process.exit = (code) => {
    ending ??= letGo()
      .then(() => list(log))
      .then(() => exit(code));
  };
}
