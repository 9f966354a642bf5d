import { exposureWarning } from '../config/config.ts';
import { shortLimits, systemLimits } from '../config/system-limits.ts';
import type { Context } from './context.ts';

/** What an operator should know of how this was set up. */
export const warnOfSetUp = ({ config, reporter }: Context): void => {
  const warning = exposureWarning(config);
  if (warning !== null) reporter.listenerExposed(warning);
  for (const short of shortLimits(config, systemLimits())) reporter.limitShort(short);
};
