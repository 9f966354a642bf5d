const MAX_TEXT = 300;
const MAX_STACK = 4000;

/** What was thrown, fit for a log: one line, not endless, without a bearer token should a URL have slipped in. */
export function errorText(error: unknown): string {
  try {
    const [line = ''] = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split(/[\r\n]/);
    return redacted(line, MAX_TEXT);
  } catch {
    return 'something that is no text was thrown';
  }
}

/** Where it was thrown, without the message. */
export function errorStack(error: unknown): string | null {
  try {
    if (!(error instanceof Error) || error.stack === undefined) return null;
    const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line));
    return redacted(frames.map((line) => line.trim()).join('\n'), MAX_STACK);
  } catch {
    return null;
  }
}

const redacted = (text: string, max: number): string => {
  const plain = text.replace(/\btoken=[^&\s"']*/gi, 'token=***');
  return plain.length > max ? `${plain.slice(0, max)}...` : plain;
};
