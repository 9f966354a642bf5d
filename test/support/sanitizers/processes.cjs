// Loaded into each process before all else: when it ends by itself it writes down what it ran, and which files were mapped.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const process = require('node:process');
const { isMainThread } = require('node:worker_threads');

const { PROCESSES } = process.env;
const mapped = () => new Set(readFileSync('/proc/self/maps', 'utf8').match(/(?<= )\/.*/g));
const writeDown = () =>
  writeFileSync(
    join(PROCESSES, `${process.pid}.json`),
    JSON.stringify({ program: process.argv[1], mapped: [...mapped()] }),
  );
if (isMainThread && PROCESSES) process.once('exit', writeDown);
