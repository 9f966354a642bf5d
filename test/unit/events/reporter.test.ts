import { createLogger } from '../../../src/base/log.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { ServiceError } from '../../../src/base/errors.ts';
import type { Csrc, PeerId } from '../../../src/base/ids.ts';
import { EVENTS } from '../../../src/events/catalogue.ts';
import { logSink } from '../../../src/events/log-sink.ts';
import { observeConversations } from '../../../src/events/observe.ts';
import { Reporter, nullReporter } from '../../../src/events/reporter.ts';
import type { ConversationEvents, Member } from '../../../src/conversation/types.ts';
import type { SessionReport } from '../../../src/signalling/types.ts';
import { room, user } from '../../support/members.ts';
import { offerPlan } from '../../support/offers.ts';
import { recordingReporter } from '../../support/recording-reporter.ts';

const R = room('r');
const [ANN, PHONE] = [user('ann'), 'phone' as Member['clientid']];
const PEER: Member = { id: 'p1' as PeerId, userid: ANN, clientid: PHONE, csrc: 7 as Csrc, tracks: [], slots: [] };
const NAME = { recording: 'r1', conversation: R };
const IDS = { peer: 'p1', userid: 'ann', clientid: 'phone' };

const closed = (error: SessionReport['error']): SessionReport => ({ device: PEER, code: 4400, error, ignored: 2 });
const SOCKET = { userid: 'ann', clientid: 'phone', closeCode: 4400, ignored: 2 };
const plan = { ...offerPlan('audio both'), droppedCandidates: { hostname: 3 } };

const SHORT = { limit: 'threads', allowed: 1, needed: 2, advice: 'more' };

type Case = readonly [(reporter: Reporter) => void, ...(readonly [string, object])[]];

/** Every function of the reporter, with what it reports. */
const CALLS: readonly Case[] = [
  [(r) => r.serverListening('[::]:80', null), ['server-listening', { address: '[::]:80', admin: null }]],
  [(r) => r.listenerExposed('beware'), ['listener-exposed', { warning: 'beware' }]],
  [(r) => r.egressFellBack('rtpbin'), ['egress-fell-back', { missing: 'rtpbin' }]],
  [(r) => r.socketRefused('p1' as PeerId, 'bind: in use'), ['socket-refused', { peer: 'p1', reason: 'bind: in use' }]],
  [(r) => r.serverDraining(3), ['server-draining', { peers: 3 }]],
  [(r) => r.serverClosed(12), ['server-closed', { ms: 12 }]],
  [(r) => r.limitShort(SHORT), ['limit-short', SHORT]],
  [(r) => r.certificateLoaded('May 1'), ['certificate-loaded', { validTo: 'May 1' }]],
  [(r) => r.certificateRefused(new Error('no key\nmore')), ['certificate-refused', { error: 'Error: no key' }]],
  [(r) => r.permissionsUnanswered(), ['permissions-unanswered', {}]],
  [(r) => r.permissionsAnswered(), ['permissions-answered', {}]],
  ...(['error', 'warn', 'info', 'debug', 'trace'] as const).map((level): Case => [
    (r) => r.mediaLine({ level, category: 'dtls', object: 'peer', text: 'srtp-key=(buffer)0011' }),
    [`media-${level}`, { category: 'dtls', object: 'peer', line: 'srtp-key=***' }],
  ]),
  [(r) => r.mediaLinesLost(5), ['media-lines-lost', { count: 5 }]],
  [(r) => r.logLinesLost(6), ['log-lines-lost', { count: 6 }]],
  [
    (r) => r.requestRefused('POST /join', new ServiceError('permission-denied')),
    ['request-refused', { endpoint: 'POST /join', error: 'permission-denied', status: 401 }],
  ],
  [(r) => r.socketClosed(closed(null)), ['socket-closed', { ...SOCKET, error: null }]],
  [(r) => r.socketClosed(closed('offer-mid')), ['offer-rejected', { ...SOCKET, error: 'offer-mid' }]],
  [(r) => r.socketClosed(closed('connect-timeout')), ['connect-failed', { ...SOCKET, error: 'connect-timeout' }]],
  [
    (r) => r.peerOpened(PEER, plan),
    ['peer-opened', { ...IDS, csrc: 7, tracks: 0, slots: 0 }],
    ['candidates-dropped', { ...IDS, dropped: { hostname: 3 } }],
  ],
  [(r) => r.peerConnected(PEER, 'p0' as PeerId), ['peer-connected', { ...IDS, replaced: 'p0' }]],
  [
    (r) =>
      r.peerEnded(PEER, {
        reason: 'failed',
        error: new ServiceError('connect-failed'),
        detail: 'dtls\nmore',
        stage: 'dtls',
      }),
    ['peer-ended', { ...IDS, reason: 'failed', error: 'connect-failed', detail: 'dtls', stage: 'dtls' }],
  ],
  [(r) => r.channelOpened(PEER), ['channel-opened', IDS]],
  [(r) => r.channelClosed(PEER, { ignored: 1, limited: 2 }), ['channel-closed', { ...IDS, ignored: 1, limited: 2 }]],
  [
    (r) => r.videoLimited(PEER, 1, { loss: 0.2, queueMs: null }),
    ['video-limited', { ...IDS, videos: 1, loss: 0.2, queueMs: null }],
  ],
  [(r) => r.videoRestored(PEER), ['video-restored', IDS]],
  [(r) => r.userJoined(R, ANN), ['user-joined', { conversation: 'r', userid: 'ann' }]],
  [(r) => r.userLeft(R, ANN, 'moved'), ['user-left', { conversation: 'r', userid: 'ann', reason: 'moved' }]],
  [(r) => r.conversationOpened(R), ['conversation-opened', { conversation: 'r' }]],
  [(r) => r.conversationClosed(R), ['conversation-closed', { conversation: 'r' }]],
  [(r) => r.memberJoined(R, PEER), ['member-joined', { conversation: 'r', ...IDS }]],
  [(r) => r.memberLeft(R, PEER), ['member-left', { conversation: 'r', ...IDS }]],
  [(r) => r.memberWaiting(R, PEER), ['member-waiting', { conversation: 'r', ...IDS }]],
  [(r) => r.webhooksFull(7), ['webhooks-full', { waiting: 7 }]],
  [(r) => r.webhooksResumed(3), ['webhooks-resumed', { lost: 3 }]],
  [(r) => r.webhookExpired(R), ['webhook-expired', { conversation: 'r' }]],
  [
    (r) => r.recordingStarted(NAME, 'record-track', 'RECORD'),
    ['recording-started', { ...NAME, pipeline: 'record-track', requestedBy: 'RECORD' }],
  ],
  [(r) => r.segmentClosed(NAME, 3, 1000, 2), ['segment-closed', { ...NAME, segment: 3, durationMs: 1000, files: 2 }]],
  [(r) => r.recordingFinished(NAME, 4, true), ['recording-finished', { ...NAME, segments: 4, interrupted: true }]],
  [(r) => r.recordingFailed(NAME, 'why\nmore'), ['recording-failed', { ...NAME, detail: 'why' }]],
  [(r) => r.recordingTrouble(NAME, 'what'), ['recording-trouble', { ...NAME, detail: 'what' }]],
  [
    (r) => r.recordingMeasured(NAME, 'ann', 'level', { rms: [-20] }),
    ['recording-measured', { ...NAME, userid: 'ann', measurement: 'level', values: { rms: [-20] } }],
  ],
  [(r) => r.recordingsCompleted(2), ['recordings-completed', { count: 2 }]],
  [(r) => r.fault('why'), ['fault', { error: 'why', stack: null }]],
];

describe('Reporter', () => {
  for (const [call, ...expected] of CALLS) {
    it(expected.map(([name]) => name).join(', '), () => {
      const { reporter, events } = recordingReporter();
      call(reporter);
      expect(events.map(({ name, fields }) => [name, fields])).toEqual(expected);
    });
  }

  it('says nothing of candidates where none was dropped', () => {
    const { reporter, events } = recordingReporter();
    reporter.peerOpened(PEER, offerPlan('audio both'));
    expect(events.map(({ name }) => name)).toEqual(['peer-opened']);
  });

  it('reports every event of the catalogue, and no other', () => {
    const names = CALLS.flatMap(([, ...expected]) => expected.map(([name]) => name));
    expect(new Set(names)).toEqual(new Set(Object.keys(EVENTS)));
    const tested = CALLS.map(([call]) => /r\.(\w+)\(/.exec(String(call))?.[1]);
    const methods = Object.getOwnPropertyNames(Reporter.prototype).filter(
      (each) => !['constructor', 'failures', 'addSink'].includes(each),
    );
    expect(new Set(tested)).toEqual(new Set(methods));
  });

  it('never throws, and tells the other sinks, where a sink does', () => {
    const seen: string[] = [];
    const broken = () => {
      throw new Error('disk full');
    };
    const reporter = new Reporter([broken, ({ name }) => seen.push(name), broken]);
    for (const [call] of CALLS) expect(() => call(reporter)).not.toThrow();
    expect(seen).toHaveLength(CALLS.length + 1);
    expect(reporter.failures).toBe(2 * seen.length);
  });

  it('reports to nobody where it has no sink', () => {
    const reporter = nullReporter();
    for (const [call] of CALLS) call(reporter);
    expect(reporter.failures).toBe(0);
  });

  describe('fault', () => {
    const faultOf = (error: unknown) => {
      const { reporter, events } = recordingReporter();
      reporter.fault(error);
      return events[0]?.fields as { error: string; stack: string | null };
    };

    it('says what and where', () => {
      const { error, stack } = faultOf(new TypeError('no such slot'));
      expect(error).toBe('TypeError: no such slot');
      expect(stack).toMatch(/^at .*reporter\.test/);
      expect(stack).not.toContain('no such slot');
    });

    it('shows no token, no second line and no endless text', () => {
      const secret = 'eyJhbGciOi';
      const { error, stack } = faultOf(new Error(`cannot read /connect?x=1&token=${secret}&y=2 now\nv=0\r\no=- 1`));
      expect(error).toBe('Error: cannot read /connect?x=1&token=***&y=2 now');
      expect(String(stack)).not.toContain(secret);
      expect(faultOf('x'.repeat(10_000)).error.length).toBeLessThan(310);
    });

    it.each([
      [undefined, 'undefined'],
      [{ toString: () => 'odd' }, 'odd'],
      [Object.create(null), 'something that is no text was thrown'],
    ])('takes whatever was thrown: %p', (thrown, text) => {
      expect(faultOf(thrown)).toEqual({ error: text, stack: null });
    });

    it('survives an error that throws when it is looked at', () => {
      const error = new Proxy(new Error('x'), {
        get: () => {
          throw new Error('again');
        },
      });
      expect(faultOf(error)).toEqual({ error: 'something that is no text was thrown', stack: null });
    });
  });
});

describe('logSink', () => {
  it('writes one line per event: its name, its level, its fields and its sentence', () => {
    const lines: string[] = [];
    const reporter = new Reporter([logSink(createLogger('trace', { write: (line: string) => void lines.push(line) }))]);
    for (const [call] of CALLS) call(reporter);
    const expected = CALLS.flatMap(([, ...events]) => events).map(([name, fields]) => {
      const { level, text } = EVENTS[name as keyof typeof EVENTS];
      return { level, time: expect.any(String), event: name, ...fields, msg: text };
    });
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(expected);
    expect(reporter.failures).toBe(0);
  });
});

describe('observeConversations', () => {
  it('reports what conversations tell, until it is ended', () => {
    const { reporter, events } = recordingReporter();
    const source = new Emitter<ConversationEvents>();
    const tellAll = () => {
      source.emit('user-joined', R, ANN);
      source.emit('opened', R);
      source.emit('member-joined', R, PEER);
      source.emit('member-waiting', R, PEER);
      source.emit('member-left', R, PEER);
      source.emit('closed', R);
      source.emit('user-left', R, ANN, 'expired');
    };
    const end = observeConversations(source, reporter);
    tellAll();
    end();
    tellAll();
    expect(events.map(({ name }) => name)).toEqual([
      'user-joined',
      'conversation-opened',
      'member-joined',
      'member-waiting',
      'member-left',
      'conversation-closed',
      'user-left',
    ]);
    expect(events.at(-1)?.fields).toEqual({ conversation: 'r', userid: 'ann', reason: 'expired' });
  });
});
