const MAX_TEXT = 1000;

/**
 * What another program logs, fit for our own log: one line, not endless, without an SDP, without key material. At its
 * higher levels GStreamer prints caps with SRTP keys, certificates with their keys, and whole descriptions.
 */
export function logText(text: string): string {
  if (isSdp(text)) return '(an SDP, not shown)';
  const plain = SECRETS.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), text.trim()).replace(
    /\s*[\r\n]+\s*/g,
    ' | ',
  );
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT)}...` : plain;
}

const isSdp = (text: string): boolean => /(?:^|[^\w])v=0\\?[\r\n\\]|(?:^|\n)[am]=\w/.test(text);

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN[^]*/, '(PEM, not shown)'],
  // Caps and structures as text: `srtp-key=(buffer)0a1b...`; any other buffer may hold anything as well.
  [/\((?:buffer|GstBuffer)\)\s*[^\s,;)]+/g, '(buffer)***'],
  [/\b((?:[\w-]*[-_])?(?:key|pwd|password|secret|mki))(\s*[:=]\s*)(?:\(\w+\)\s*)?[^\s,;)]+/gi, '$1$2***'],
  [/\btoken=[^&\s"']*/gi, 'token=***'],
];
