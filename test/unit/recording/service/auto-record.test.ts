import { ServiceError } from '../../../../src/base/errors.ts';
import type { ConversationId } from '../../../../src/base/ids.ts';
import { AutoRecord } from '../../../../src/recording/service/auto-record.ts';
import { settled } from '../../../support/deferred.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const TEA = 'tea' as ConversationId;
const COFFEE = 'coffee' as ConversationId;
const WISH = { pipeline: 'record-track', settings: {}, requestedBy: 'RECORD' };

class FakeRecording {
  failure: string | null = null;
  end: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => (this.end = resolve));
}

function setUp() {
  const clock = new ManualClock(0);
  const started: string[] = [];
  const failures: string[] = [];
  const recordings: FakeRecording[] = [];
  const state = {
    refusal: null as Error | null,
    running: null as FakeRecording | null,
    /** What beginning waits for. */
    gate: Promise.resolve(),
  };
  const auto = new AutoRecord({
    isWanted: (conversation) => conversation === TEA,
    wish: WISH,
    start: async (conversation, wish) => {
      started.push(`${conversation} ${wish.pipeline}`);
      await state.gate;
      if (state.refusal !== null) throw state.refusal;
      const recording = new FakeRecording();
      recordings.push(recording);
      return recording;
    },
    running: () => state.running,
    clock,
    onFailure: (conversation, error) => failures.push(`${conversation}: ${(error as ServiceError).code}`),
  });
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  const open = async (conversation = TEA): Promise<void> => {
    auto.opened(conversation);
    await settled();
  };
  return { auto, clock, started, failures, recordings, state, advance, open };
}

it('begins with the first member, in the conversations that are wanted, and not in the middle of things', async () => {
  const { auto, started, open } = setUp();
  auto.opened(TEA);
  expect(started).toEqual([]);
  await settled();
  await open(COFFEE);
  expect(started).toEqual(['tea record-track']);
});

it.each(['recording-limit', 'recording-disk'] as const)(
  'where it cannot begin (%s) it is tried until it can, and told once',
  async (code) => {
    const { started, failures, recordings, state, advance, open, clock } = setUp();
    state.refusal = new ServiceError(code);
    await open();
    await advance(10_000);
    await advance(9_999);
    expect([started.length, failures]).toEqual([2, [`tea: ${code}`]]);
    state.refusal = null;
    await advance(1);
    expect([started.length, recordings.length, clock.timers]).toEqual([3, 1, 0]);
  },
);

it('tells what else is in the way', async () => {
  const { failures, state, advance, open } = setUp();
  state.refusal = new ServiceError('recording-limit');
  await open();
  state.refusal = new ServiceError('recording-disk');
  await advance(10_000);
  expect(failures).toEqual(['tea: recording-limit', 'tea: recording-disk']);
});

it('begins again after one that failed, later each time, and not after one that was stopped', async () => {
  const { started, failures, recordings, advance, open, clock } = setUp();
  await open();
  for (const wait of [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
    const recording = recordings.at(-1)!;
    recording.failure = 'it was killed too often';
    recording.end();
    await settled();
    const before = started.length;
    await advance(wait - 1);
    expect(started).toHaveLength(before);
    await advance(1);
    expect(started).toHaveLength(before + 1);
  }
  recordings.at(-1)!.end();
  await settled();
  expect([clock.timers, failures]).toEqual([0, []]);
});

it('does not tell what the recording told itself', async () => {
  const { started, failures, state, advance, open } = setUp();
  state.refusal = new ServiceError('recording-refused');
  await open();
  await advance(30_000);
  expect([started.length, failures]).toEqual([2, []]);
});

it('leaves alone what goes on, and begins again when that fails', async () => {
  const { started, state, advance, open } = setUp();
  state.running = new FakeRecording();
  await open();
  expect(started).toEqual([]);
  state.running.failure = 'gone';
  state.running.end();
  state.running = null;
  await settled();
  await advance(30_000);
  expect(started).toHaveLength(1);
});

it('is over when the conversation is, whatever was under way', async () => {
  const { auto, started, recordings, state, failures, advance, open, clock } = setUp();
  auto.opened(TEA);
  auto.closed(TEA);
  await settled();
  expect(started).toEqual([]);
  state.refusal = new ServiceError('recording-limit');
  await open();
  auto.closed(TEA);
  expect(clock.timers).toBe(0);
  state.refusal = null;
  await open();
  auto.closed(TEA);
  recordings.at(-1)!.failure = 'gone';
  recordings.at(-1)!.end();
  await settled();
  await advance(1_000_000);
  expect([started.length, failures.length, clock.timers]).toEqual([2, 1, 0]);
});

it('has one recording, where the conversation begins anew while the first is about to begin', async () => {
  const { auto, started, recordings, state, advance, open } = setUp();
  let begin: () => void = () => undefined;
  state.gate = new Promise((resolve) => (begin = resolve));
  await open();
  auto.closed(TEA);
  await open();
  expect(started).toHaveLength(1);
  begin();
  await settled();
  state.running = recordings[0]!;
  await advance(10_000);
  expect(started).toHaveLength(1);
});

it('gives up where the service ends', async () => {
  const { state, failures, open, clock } = setUp();
  state.refusal = new ServiceError('draining');
  await open();
  expect([failures, clock.timers]).toEqual([[], 0]);
});
