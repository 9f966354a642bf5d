/** A place in a text file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong in a pipeline file, and where: `record-track.gst:12:5: no element "matroskamx"`. */
export class PipelineFileError extends Error {
  readonly file: string;
  readonly position: Position;
  /** What is wrong, without the place; where GStreamer found it, its own words. */
  readonly text: string;

  constructor(file: string, position: Position, text: string) {
    super(`${file}:${position.line}:${position.column}: ${text}`);
    this.name = 'PipelineFileError';
    this.file = file;
    this.position = position;
    this.text = text;
  }
}

/** Thrown by the parts of the parser, which do not know the file's name. */
export class Misplaced extends Error {
  readonly position: Position;

  constructor(position: Position, text: string) {
    super(text);
    this.position = position;
  }
}
