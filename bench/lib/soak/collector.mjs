// Loaded into the service before it (`--expose-gc --import`): collects garbage when asked to, and tells what V8 then uses.
import process from 'node:process';

process.on('message', () => {
  globalThis.gc();
  process.send({ heapKb: Math.round(process.memoryUsage().heapUsed / 1_024) });
});
// Does not keep the service alive; its workers, which load this too, have none.
process.channel?.unref();
