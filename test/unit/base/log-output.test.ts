import { Writable } from 'node:stream';
import { MAX_WAITING_BYTES, PatientOutput } from '../../../src/base/log-output.ts';

/** A reader that takes the next piece when it is told to. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  #next: (() => void) | null = null;

  constructor() {
    super({ decodeStrings: false, highWaterMark: 1 });
  }

  override _write(chunk: string, _: BufferEncoding, done: () => void): void {
    this.taken.push(chunk);
    this.#next = done;
  }

  async takeAll(): Promise<void> {
    while (this.#next !== null) {
      const next = this.#next;
      this.#next = null;
      next();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const open = () => {
  const reader = new SlowReader();
  const lost: number[] = [];
  return { reader, lost, output: new PatientOutput(reader, (count) => void lost.push(count)) };
};

describe('PatientOutput', () => {
  it('keeps lines for a reader that is slow, in order', async () => {
    const { reader, lost, output } = open();
    for (const line of ['a', 'b', 'c']) output.write(line);
    await reader.takeAll();
    expect(reader.taken).toEqual(['a', 'b', 'c']);
    expect(lost).toEqual([]);
  });

  it('loses whole lines when too much waits, and tells how many once they are read again', async () => {
    const { reader, lost, output } = open();
    const line = 'x'.repeat(MAX_WAITING_BYTES / 4);
    for (let n = 0; n < 7; n++) output.write(line);
    expect(reader.writableLength).toBe(MAX_WAITING_BYTES);
    expect(lost).toEqual([]);
    await reader.takeAll();
    expect(reader.taken).toEqual([line, line, line, line]);
    expect(lost).toEqual([3]);
    output.write('after');
    await reader.takeAll();
    expect(reader.taken.at(-1)).toBe('after');
    expect(lost).toEqual([3]);
  });

  it('is silent once its reader is gone', () => {
    const { reader, output } = open();
    reader.emit('error', new Error('EPIPE'));
    output.write('a');
    expect(reader.taken).toEqual([]);
  });

  it('flushes what waits, or gives up', async () => {
    const { reader, output } = open();
    await output.flush(60_000);
    output.write('a');
    await output.flush(10);
    const flushed = output.flush(60_000);
    await reader.takeAll();
    await flushed;
    expect(reader.writableLength).toBe(0);
  });
});
