import { merged, shifted } from './intervals.ts';
import type { ScannedFile, ScannedStream } from './scan.ts';
import type { Source, SourcePerson, SourceSegment } from './source.ts';
import { ComposeError, EXIT, type Interval, type Person, type Piece, type Timeline } from './types.ts';

/** Who comes back so soon was not away. */
const BACK_MS = 1_000;

/**
 * Puts the recordings of one conversation on one time, which begins with the first packet and ends with the last.
 *
 * @param files what is in the files, by path; those that are not in it are left out
 */
export function timelineOf(sources: readonly Source[], files: ReadonlyMap<string, ScannedFile>): Timeline {
  const parts = sources
    .map((source) => ({ source, pieces: source.segments.flatMap((segment) => piecesOf(segment, files)) }))
    .filter(({ pieces }) => pieces.length > 0)
    .map((part) => ({ ...part, ...hull(part.pieces) }))
    .sort((a, b) => a.startMs - b.startMs);
  const [first] = parts;
  if (first === undefined) throw new ComposeError(EXIT.nothing, 'there is no file in it that could be played');
  for (const [index, next] of parts.slice(1).entries()) checkOrder(parts[index] ?? first, next);
  const { startMs: originMs, endMs } = hull(parts);
  const durationMs = endMs - originMs;
  const people = peopleOf(parts).map((person) => ({
    ...person,
    there: shifted(person.there, originMs, durationMs),
  }));
  return {
    conversation: first.source.conversation,
    originMs,
    durationMs,
    people: people.filter(({ there }) => there.length > 0).sort(byComing),
    pieces: parts
      .flatMap(({ pieces }) => pieces)
      .map((piece) => ({ ...piece, ...moved(piece, originMs), runs: shifted(piece.runs, originMs, durationMs) }))
      .sort((a, b) => a.startMs - b.startMs),
  };
}

interface Part extends Interval {
  readonly source: Source;
  readonly pieces: readonly Piece[];
}

const hull = (intervals: readonly Interval[]): Interval => ({
  startMs: intervals.reduce((least, { startMs }) => Math.min(least, startMs), Infinity),
  endMs: intervals.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity),
});

const moved = ({ startMs, endMs }: Interval, originMs: number): Interval => ({
  startMs: startMs - originMs,
  endMs: endMs - originMs,
});

const byComing = (a: Person, b: Person): number => (a.there[0]?.startMs ?? 0) - (b.there[0]?.startMs ?? 0);

/** Two recordings that ran at once would have every voice twice. */
function checkOrder(before: Part, next: Part): void {
  const [a, b] = [before.source.conversation, next.source.conversation];
  if (a !== b) throw new ComposeError(EXIT.nothing, `these are recordings of two conversations, "${a}" and "${b}"`);
  if (next.startMs < before.endMs) {
    throw new ComposeError(
      EXIT.nothing,
      'these recordings ran at the same time: compose one of them, or one after the other',
    );
  }
}

/** The n-th stream of a kind is the n-th track of this kind. */
function piecesOf({ originMs, paths, tracks }: SourceSegment, files: ReadonlyMap<string, ScannedFile>): Piece[] {
  const found = paths.flatMap((path) => {
    const file = files.get(path);
    return file === undefined ? [] : file.streams.map((stream) => ({ file, stream }));
  });
  const pieces: Piece[] = [];
  for (const kind of ['audio', 'video'] as const) {
    const owners = tracks.filter((track) => track.kind === kind);
    for (const [index, { file, stream }] of found.filter((each) => each.stream.kind === kind).entries()) {
      const person = owners[index]?.person;
      if (person !== undefined) pieces.push({ ...pieceOf(originMs, file, stream), kind, person });
    }
  }
  return pieces;
}

function pieceOf(
  originMs: number,
  { path, isMatroska, streams }: ScannedFile,
  { index, codec, runs }: ScannedStream,
): Omit<Piece, 'kind' | 'person'> {
  const onClock = runs.map((run) => moved(run, -originMs));
  const isToBeCopied = !isMatroska || streams.length > 1;
  return { path, stream: index, isToBeCopied, codec, runs: onClock, ...hull(onClock) };
}

function peopleOf(parts: readonly Part[]): Person[] {
  const people = new Map<string, { of: SourcePerson; there: Interval[] }>();
  for (const { source, pieces, endMs } of parts) {
    for (const of of source.people) {
      const person = people.get(of.key) ?? { of, there: [] };
      people.set(of.key, person);
      // Nobody is there for longer than the recording.
      const told = of.there.map((each) => ({ startMs: each.startMs, endMs: Math.min(each.endMs, endMs) }));
      const sent = pieces.filter((piece) => piece.person === of.key);
      person.there.push(...told, ...sent.map(({ startMs, endMs: end }) => ({ startMs, endMs: end })));
    }
  }
  const devices = [...people.values()].map(({ of }) => of);
  return [...people].map(([key, { of, there }]) => ({
    key,
    name: nameOf(of, devices),
    there: merged(
      there.filter(({ startMs, endMs }) => endMs > startMs),
      BACK_MS,
    ),
  }));
}

/** The device only where a user has several. */
function nameOf({ userid, clientid }: SourcePerson, all: readonly SourcePerson[]): string {
  const isOne = all.filter((other) => other.userid === userid).length === 1;
  return isOne ? userid : `${userid} (${clientid === '' ? 'no name' : clientid})`;
}
