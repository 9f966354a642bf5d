// A receiver of webhooks: checks the signature, drops what it has seen, prints the rest.
//
//   WEBHOOK_SECRET=... node examples/webhook-receiver.mjs        listens on 127.0.0.1:8090, or on PORT
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { argv, env } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Older requests are refused: somebody may have recorded them. */
const TOLERANCE_SECONDS = 300;
const MAX_BODY = 64 * 1024;

/** Whether `header` (`t=<seconds>,v1=<hex>`) is a fresh signature of `body`. */
export function isSigned(secret, header, body, nowSeconds = Date.now() / 1000) {
  const [, time, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (time === undefined || Math.abs(nowSeconds - Number(time)) > TOLERANCE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${time}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** @param onEvent gets each event once; what it throws makes the sender try again */
export function createReceiver(secret, onEvent) {
  // A real receiver keeps these in its database, as long as it remembers what it did.
  const seen = new Set();
  return createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) {
      body += chunk;
      if (body.length > MAX_BODY) return void response.writeHead(413).end();
    }
    if (!isSigned(secret, request.headers['webhook-signature'], body)) return void response.writeHead(401).end();
    const event = JSON.parse(body);
    try {
      if (!seen.has(event.id)) await onEvent(event);
      seen.add(event.id);
      response.writeHead(204).end();
    } catch {
      response.writeHead(500).end();
    }
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const secret = env.WEBHOOK_SECRET;
  if (!secret) throw new Error('WEBHOOK_SECRET is not set: it must be that of the service');
  const port = Number(env.PORT ?? 8090);
  createReceiver(secret, (event) => console.log(JSON.stringify(event))).listen(port, '127.0.0.1', () => {
    console.log(`webhooks are received on http://127.0.0.1:${port}`);
  });
}
