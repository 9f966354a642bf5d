import type { Send } from './delivery.ts';
import { SIGNATURE_HEADER, signatureOf } from './signature.ts';

export const WEBHOOK_TIMEOUT_MS = 10_000;

export interface WebhookTarget {
  /** An http or https URL. */
  readonly url: string;
  readonly secret: string;
  /** Ms since 1970. */
  readonly wallMs: () => number;
  readonly timeoutMs?: number;
}

/** One signed POST. True for any 2xx; a redirect, an error and no answer within 10 s are a failure. Never rejects. */
export const httpSend =
  ({ url, secret, wallMs, timeoutMs = WEBHOOK_TIMEOUT_MS }: WebhookTarget): Send =>
  async ({ body }, aborted) => {
    const seconds = Math.floor(wallMs() / 1000);
    const headers = { 'Content-Type': 'application/json', [SIGNATURE_HEADER]: signatureOf(secret, body, seconds) };
    try {
      const signal = AbortSignal.any([aborted, AbortSignal.timeout(timeoutMs)]);
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      // Frees the connection; what the body says does not matter.
      await response.body?.cancel().catch(() => undefined);
      return response.ok;
    } catch {
      return false;
    }
  };
