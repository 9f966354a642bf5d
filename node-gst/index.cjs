'use strict';
// The package's face: loads the addon, gives it the class of its errors, and names every export, so that
// `import { pipeline } from 'node-gst'` works.

const { isMainThread } = require('node:worker_threads');

/** See index.d.ts. */
class GstError extends Error {
  constructor(message, { domain = 'node-gst', code = 0, ...options } = {}) {
    super(message, options);
    this.name = 'GstError';
    this.domain = domain;
    this.code = code;
  }
}

function load() {
  // GLib before 2.76 keeps small objects in slices, which it does not give back: of each connection that had ended they held
  // ten times what malloc did. Later ones have malloc alone. It is read when the addon brings GLib with it.
  process.env.G_SLICE ??= 'always-malloc';
  try {
    return require('./build/Release/node_gst.node');
  } catch (cause) {
    const message = 'node-gst: the addon cannot be loaded; build it with "npm run build -w node-gst"';
    throw new Error(`${message} (${cause.message})`, { cause });
  }
}

const native = load();
native.setErrorClass(GstError);
// process.exit() runs no native cleanup in the main thread, and streaming threads must not outlive the libraries.
process.once('exit', () => {
  if (isMainThread) native.stopReceiving();
  native.closeTapReaders();
  native.stopLive();
});

exports.GstError = GstError;
exports.init = native.init;
exports.hasElement = native.hasElement;
exports.pipeline = native.pipeline;
exports.make = native.make;
exports.parseLaunch = native.parseLaunch;
exports.parseBin = native.parseBin;
exports.counters = native.counters;
exports.freed = native.freed;
exports.trimMemory = native.trimMemory;
exports.onLog = native.onLog;

exports.peerMedia = native.peerMedia;
exports.forwarder = native.forwarder;
exports.takeLevels = native.takeLevels;
exports.LEVELS_SIZE = native.LEVELS_SIZE;
exports.tap = native.tap;
exports.tapReader = native.tapReader;
exports.mediaHarness = native.mediaHarness;
