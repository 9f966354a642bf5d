// GStreamer's leaks tracer on the built service: what is alive each time that nobody is left; and on its recorders: what is
// alive when they have nothing to do any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LISTS_ON, traceService } from '../support/sanitizers/leaks.ts';
import { EGRESS, shortSoak, SOAK_MS } from '../support/sanitizers/short-soak.ts';

/**
 * It belongs to the process: the DTLS plugin makes one for all connections without a certificate of their own, and never
 * gives it up (`generated_cert_agent` in its gstdtlsdec.c). What GStreamer itself keeps for good, like plugins and its
 * clock, it marks as that, and the tracer leaves it out.
 */
const STAYS = [{ type: 'GstDtlsAgent', name: '<dtlsagent0>' }];

it.each(EGRESS)(
  'two rounds with EGRESS=%s: after each, nothing of a connection is alive, and nothing of a recorder at its end',
  (egress) => {
    const folder = mkdtempSync(join(tmpdir(), 'leaks-'));
    try {
      const service = traceService(folder);
      const soak = shortSoak(service.program, folder, egress, '--signal', LISTS_ON);
      expect(service.lists()).toEqual([STAYS, STAYS]);
      expect([soak.badEnd, soak.output]).toEqual(['', expect.anything()]);
      expect(soak.connections.length).toBe(2);
      expect(soak.heard).toBeGreaterThan(100);
      const recorders = service.recorderLists();
      expect(recorders).toEqual(recorders.map(() => [[]]));
      expect([soak.recordings > 0, soak.output]).toEqual([true, expect.anything()]);
      expect(recorders.length).toBeGreaterThanOrEqual(soak.recordings);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  SOAK_MS + 10_000,
);
