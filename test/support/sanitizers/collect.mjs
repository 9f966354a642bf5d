// Loaded into the service before all else: what JavaScript no longer holds is given up at once, and not when memory is short.
setInterval(globalThis.gc, 500).unref();
