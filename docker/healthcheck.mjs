// Is the service well? For HEALTHCHECK: asks its admin listener, wherever ADMIN_LISTEN puts it.
import process from 'node:process';

const [, host = '', port = '9090'] = /^(.*):(\d+)$/.exec(process.env.ADMIN_LISTEN ?? '') ?? [];
const address = ['', '0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host;

try {
  const { ok } = await fetch(`http://${address}:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
