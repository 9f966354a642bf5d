/**
 * One MediaStream for each participant, the same object for as long as he is here, with the tracks of the slots that he
 * is in. An element that plays it stays as it is while slots change.
 */
export class Streams {
  readonly #streams = new Map<string, MediaStream>();

  of(id: string): MediaStream {
    const stream = this.#streams.get(id) ?? new MediaStream();
    this.#streams.set(id, stream);
    return stream;
  }

  /**
   * Puts the tracks in; participants that are not named are here no more. Returns those whose stream has a new track.
   *
   * @param holds whether a track stays until another of its kind takes its place: a new connection plays nothing yet
   */
  set(wanted: ReadonlyMap<string, readonly MediaStreamTrack[]>, holds: boolean): readonly string[] {
    const taken = new Set([...wanted.values()].flat());
    for (const id of this.#streams.keys()) if (!wanted.has(id)) this.#streams.delete(id);
    return [...wanted].flatMap(([id, tracks]) => (put(this.of(id), tracks, taken, holds) ? [id] : []));
  }
}

/** First in, then out: an element never finds a stream without a track of a kind that it plays. */
function put(
  stream: MediaStream,
  wanted: readonly MediaStreamTrack[],
  taken: ReadonlySet<MediaStreamTrack>,
  holds: boolean,
): boolean {
  const before = stream.getTracks();
  const fresh = wanted.filter((track) => !before.includes(track));
  for (const track of fresh) stream.addTrack(track);
  for (const track of before) {
    const isReplaced = wanted.some(({ kind }) => kind === track.kind) || taken.has(track);
    if (!wanted.includes(track) && (isReplaced || !holds)) stream.removeTrack(track);
  }
  return fresh.length > 0;
}
