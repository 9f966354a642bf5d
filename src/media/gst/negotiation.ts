import type gst from 'node-gst';
import type { GstObject, Value } from 'node-gst';
import { ServiceError } from '../../base/errors.ts';
import { mediaSections } from '../../sdp/plan.ts';
import { withoutSources, withSources } from '../../sdp/source-lines.ts';
import type { MediaSection, OfferPlan } from '../../sdp/types.ts';
import { sectionCaps } from './caps.ts';
import { within } from './deadline.ts';
import type { Own } from './free-on-throw.ts';

/**
 * Gives webrtcbin one transceiver per audio or video section, in the order of the offer: it pairs sections with
 * transceivers by that order, and answers a section it finds none for as `recvonly`.
 *
 * A section with a slot gets its transceiver by requesting the sink pad `sink_<m-line>`; adding a transceiver first and
 * requesting the pad later would make two (1.22.0). Returns what must be disposed of at the end.
 */
export function addTransceivers(webrtcbin: GstObject, plan: OfferPlan, own: Own): GstObject[] {
  return mediaSections(plan).map((section) => {
    const transceiver = addTransceiver(webrtcbin, section, own);
    if (section.kind === 'video' && section.use !== 'inactive') transceiver.set('do-nack', true);
    return transceiver;
  });
}

function addTransceiver(webrtcbin: GstObject, section: MediaSection, own: Own): GstObject {
  const caps = sectionCaps(section);
  switch (section.use) {
    case 'publish':
      return own(asObject(webrtcbin.emit('add-transceiver', 'recvonly', caps)));
    case 'inactive':
      return own(asObject(webrtcbin.emit('add-transceiver', 'inactive', caps)));
    case 'both':
    case 'slot': {
      const pad = webrtcbin.requestPad('sink_%u', `sink_${section.mline}`);
      if (pad === null) throw new Error(`webrtcbin gave no pad for section ${section.mid}`);
      try {
        const transceiver = own(asObject(pad.get('transceiver')));
        transceiver.set('direction', section.use === 'both' ? 'sendrecv' : 'sendonly');
        transceiver.set('codec-preferences', caps);
        if (section.slot !== null) pad.set('msid', section.slot.streamId);
        return transceiver;
      } finally {
        pad.dispose();
      }
    }
    default:
      return section.use satisfies never;
  }
}

/** What webrtcbin does in a millisecond or a few, and at once again on a machine that has just been busy. */
const OPERATION_DEADLINE_MS = 10_000;
/** Candidates of this machine are there within milliseconds. */
const HOST_CANDIDATES_MS = 1_000;
/** A STUN or TURN server that does not answer is not waited for any longer. */
const GATHERING_MS = 3_000;

/**
 * Offer in, answer out, with all candidates that come in time. Rejects with `no-media-port` where there are none, and where webrtcbin refuses a step, or does not get done with it: a peer that hangs could never be closed.
 */
export async function negotiate(webrtcbin: GstObject, offer: string): Promise<string> {
  await operation(webrtcbin, 'set-remote-description', { type: 'offer', sdp: offer });
  const reply = await operation(webrtcbin, 'create-answer', null);
  const answer = reply?.['answer'];
  if (!isDescription(answer)) throw new Error('webrtcbin created no answer');
  await operation(webrtcbin, 'set-local-description', { type: 'answer', sdp: withoutSources(answer.sdp) });
  const isComplete = await isGathered(webrtcbin, HOST_CANDIDATES_MS);
  // webrtcbin does not tell that gathering could not begin: there are just no candidates.
  if (!localDescription(webrtcbin).includes('a=candidate:')) throw new ServiceError('no-media-port');
  if (!isComplete) await isGathered(webrtcbin, GATHERING_MS);
  return withSources(localDescription(webrtcbin), answer.sdp);
}

function localDescription(webrtcbin: GstObject): string {
  const local = webrtcbin.get('local-description');
  if (!isDescription(local)) throw new Error('webrtcbin has no local description');
  return local.sdp;
}

const operation = (webrtcbin: GstObject, signal: string, argument: Value): ReturnType<GstObject['emitPromise']> =>
  within(OPERATION_DEADLINE_MS, signal, webrtcbin.emitPromise(signal, argument));

/** Resolves when gathering is complete, with true, or after `ms` with false. */
function isGathered(webrtcbin: GstObject, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isComplete: boolean): void => {
      clearTimeout(timer);
      webrtcbin.off(id);
      resolve(isComplete);
    };
    const timer = setTimeout(() => done(false), ms);
    // Connected before the property is read, so that a change in between is not missed.
    const id = webrtcbin.on('notify::ice-gathering-state', (state) => {
      if (state === 'complete') done(true);
    });
    if (webrtcbin.get('ice-gathering-state') === 'complete') done(true);
  });
}

/** The one DTLS transport of a bundled peer, wherever webrtcbin shows it; null before the descriptions are set. */
export function dtlsTransport(webrtcbin: GstObject, transceivers: readonly GstObject[]): GstObject | null {
  const holders: (readonly [GstObject, string])[] = [
    ...transceivers.flatMap((transceiver) => [[transceiver, 'receiver'] as const, [transceiver, 'sender'] as const]),
    [webrtcbin, 'sctp-transport'],
  ];
  for (const [object, property] of holders) {
    const holder = object.get(property);
    if (!isObject(holder)) continue;
    const transport = holder.get('transport');
    holder.dispose();
    if (isObject(transport)) return transport;
  }
  return null;
}

const isObject = (value: unknown): value is GstObject =>
  typeof value === 'object' && value !== null && typeof (value as GstObject).dispose === 'function';

const isDescription = (value: unknown): value is gst.Sdp =>
  typeof value === 'object' && value !== null && typeof (value as gst.Sdp).sdp === 'string';

function asObject(value: unknown): GstObject {
  if (isObject(value)) return value;
  throw new Error('webrtcbin made no transceiver');
}
