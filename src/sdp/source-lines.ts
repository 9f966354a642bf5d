// webrtcbin makes caps of its answer, with a field `ssrc-<SSRC>-<attribute>` for each `a=ssrc` line. GLib keeps the name of a
// field for ever, and besides, every two thousand names, a copy of the table of all of them.
import { attributeName, joinLines, splitBlocks, type Block } from './lines.ts';

/** An answer without these lines: webrtcbin writes them, and has no use for them. */
export function withoutSources(answer: string): string {
  const { session, sections } = splitBlocks(answer);
  return joinLines([session, ...sections].flatMap(({ lines }) => lines.filter((line) => !isSource(line))));
}

/** `answer` with those of the `complete` one, at the end of the same sections. */
export function withSources(answer: string, complete: string): string {
  const { session, sections } = splitBlocks(answer);
  const { sections: sources } = splitBlocks(complete);
  return joinLines([...session.lines, ...sections.flatMap(({ lines }, i) => [...lines, ...sourceLines(sources[i])])]);
}

const sourceLines = (block: Block | undefined): string[] => block?.lines.filter(isSource) ?? [];

const isSource = (line: string): boolean => attributeName(line) === 'ssrc';
