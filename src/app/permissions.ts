import { httpPermission } from '../conversation/permission/http-permission.ts';
import { Breaker } from '../conversation/permission/breaker.ts';
import { Memberships } from '../conversation/permission/memberships.ts';
import { Joins } from '../conversation/joins.ts';
import type { Registry } from '../conversation/registry.ts';
import type { Context } from './context.ts';

/** How users and their devices get into conversations. */
export interface Admission {
  readonly joins: Joins;
  /** Connected devices are to be told to this. */
  readonly devices: Pick<Registry, 'deviceConnected' | 'deviceReplaced' | 'deviceGone'>;
  close(): void;
}

/** Past the permission service, where there is one. */
export const createAdmission = ({ config, clock, reporter }: Context, registry: Registry): Admission => {
  if (config.permissionsHost === null) {
    return { joins: new Joins(registry, null), devices: registry, close: () => undefined };
  }
  const breaker = new Breaker({
    permission: httpPermission(config.permissionsHost),
    clock,
    onOpened: () => reporter.permissionsUnanswered(),
    onClosed: () => reporter.permissionsAnswered(),
  });
  const memberships = new Memberships({
    registry,
    permission: breaker.ask,
    recheckMs: config.permissionsRecheckMs,
    graceMs: config.permissionsGraceMs,
    clock,
  });
  return { joins: new Joins(memberships, breaker.ask), devices: memberships, close: () => memberships.close() };
};
