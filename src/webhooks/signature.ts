import { createHmac } from 'node:crypto';

/** The header that carries the signature. */
export const SIGNATURE_HEADER = 'Webhook-Signature';

/**
 * `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 under the secret over `<t>.<body>`. The time is that of the attempt, so
 * a receiver refuses what is older than a few minutes and a recorded request cannot be played to it again.
 */
export const signatureOf = (secret: string, body: string, seconds: number): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
