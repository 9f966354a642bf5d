import { randomInt } from 'node:crypto';
import { httpSend } from '../webhooks/http-send.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import type { Context } from './context.ts';

/** Tells the operator's server what is reported from now on; null where there is none. */
export const openWebhooks = async ({ config, clock, reporter }: Context): Promise<Webhooks | null> => {
  if (config.webhooks === null) return null;
  const wallMs = (): number => Date.now();
  const webhooks = await Webhooks.open({
    ...config.webhooks,
    send: httpSend({ ...config.webhooks, wallMs }),
    clock,
    wallMs,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    report: reporter,
  });
  reporter.addSink(webhooks.sink);
  return webhooks;
};
