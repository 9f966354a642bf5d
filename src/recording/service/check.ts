import { execFile } from 'node:child_process';
import { ServiceError } from '../../base/errors.ts';
import { childEnvironment } from '../child-environment.ts';
import { lineOf, messageOf, type FromRecorder, type PipelineToCheck } from '../protocol.ts';

export interface CheckOptions {
  /** The program of the recorder. */
  readonly program: string;
  /** A private directory, which the recorders share. */
  readonly scratch: string;
  /** What all files together may take. */
  readonly timeoutMs?: number;
}

/** Looking into all plugins of a system for the first time takes seconds, of a busy one many. */
const TIMEOUT_MS = 60_000;

/**
 * Has GStreamer look at pipeline files, all in one process of its own: it loads plugins of others, which may crash or hang,
 * and which the service has no other use for. Rejects with a ServiceError `pipelines` that has GStreamer's own words, the
 * line and the column of the first mistake.
 */
export async function checkPipelines(
  pipelines: readonly PipelineToCheck[],
  { program, scratch, timeoutMs = TIMEOUT_MS }: CheckOptions,
): Promise<void> {
  const { told, end } = await new Promise<{ told: FromRecorder[]; end: string }>((resolve) => {
    const options = {
      env: childEnvironment(scratch),
      cwd: '/',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    } as const;
    // The start of the service waits for this: it gives way to nobody.
    const child = execFile(process.execPath, [program], options, (error, stdout, stderr) => {
      const isTooLong = error?.killed === true;
      const last = stderr.trim().split('\n').at(-1) ?? '';
      const end = isTooLong
        ? `no answer within ${timeoutMs / 1000} s`
        : `the process that tried it ended, ${howOf(error)}`;
      resolve({ told: stdout.split('\n').flatMap((line) => messageOf(line) ?? []), end: `${end} ${last}`.trim() });
    });
    // A process that has gone is told of above.
    child.stdin?.on('error', () => undefined).end(lineOf({ type: 'check', pipelines }));
  });
  const refused = told.find((message) => message.type === 'refused');
  if (refused !== undefined) throw new ServiceError('pipelines', { detail: refused.text });
  const left = pipelines[told.filter(({ type }) => type === 'checked').length];
  if (left !== undefined) throw new ServiceError('pipelines', { detail: `${left.name}.gst: ${end}` });
}

const howOf = (error: { readonly signal?: string | null; readonly code?: string | number | null } | null): string =>
  error?.signal ?? `exit status ${error?.code ?? 0}`;
