// Loaded into the service before it (`--expose-gc --import`): collects garbage when asked to, and tells what V8 then uses.
import process from 'node:process';

/** V8 gives pages back on a thread of its own. */
const GIVES_BACK_MS = 500;

process.on('message', () => {
  // All that can be spared: otherwise V8 keeps up to 30 MB for what comes next, or does not, as it happens.
  globalThis.gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const heapKb = Math.round(process.memoryUsage().heapUsed / 1_024);
  setTimeout(() => process.send({ heapKb }), GIVES_BACK_MS);
});
// Does not keep the service alive; its workers, which load this too, have none.
process.channel?.unref();
