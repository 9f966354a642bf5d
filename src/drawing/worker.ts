// Draws one graph: Graphviz, compiled to WebAssembly, on a thread of its own, because it can take seconds.
import { parentPort, workerData } from 'node:worker_threads';
import { instance } from '@viz-js/viz';

const viz = await instance();
parentPort?.postMessage(viz.renderString(String(workerData), { format: 'svg' }));
