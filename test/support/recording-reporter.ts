import type { ReportedEvent } from '../../src/events/catalogue.ts';
import { Reporter } from '../../src/events/reporter.ts';

/** A reporter, and everything it was told, oldest first. */
export function recordingReporter(): { readonly reporter: Reporter; readonly events: readonly ReportedEvent[] } {
  const events: ReportedEvent[] = [];
  return { reporter: new Reporter([(event) => events.push(event)]), events };
}
