import type gst from 'node-gst';
import type { GstObject } from 'node-gst';
import { mediaSections } from '../../sdp/plan.ts';
import type { MediaSection, OfferPlan } from '../../sdp/types.ts';
import { sectionCaps } from './caps.ts';

/**
 * Gives webrtcbin one transceiver per audio or video section, in the order of the offer: it pairs sections with
 * transceivers by that order, and answers a section it finds none for as `recvonly`.
 *
 * A section with a slot gets its transceiver by requesting the sink pad `sink_<m-line>`; adding a transceiver first and
 * requesting the pad later would make two (1.22.0). Returns what must be disposed of at the end.
 */
export function addTransceivers(webrtcbin: GstObject, plan: OfferPlan): GstObject[] {
  return mediaSections(plan).map((section) => {
    const transceiver = addTransceiver(webrtcbin, section);
    if (section.kind === 'video' && section.use !== 'inactive') transceiver.set('do-nack', true);
    return transceiver;
  });
}

function addTransceiver(webrtcbin: GstObject, section: MediaSection): GstObject {
  const caps = sectionCaps(section);
  switch (section.use) {
    case 'publish':
      return asObject(webrtcbin.emit('add-transceiver', 'recvonly', caps));
    case 'inactive':
      return asObject(webrtcbin.emit('add-transceiver', 'inactive', caps));
    case 'both':
    case 'slot': {
      const pad = webrtcbin.requestPad('sink_%u', `sink_${section.mline}`);
      if (pad === null) throw new Error(`webrtcbin gave no pad for section ${section.mid}`);
      const transceiver = asObject(pad.get('transceiver'));
      transceiver.set('direction', section.use === 'both' ? 'sendrecv' : 'sendonly');
      transceiver.set('codec-preferences', caps);
      if (section.slot !== null) pad.set('msid', section.slot.streamId);
      pad.dispose();
      return transceiver;
    }
    default:
      return section.use satisfies never;
  }
}

/** Offer in, answer out, with all candidates: upnp being off, gathering is complete or nearly so when this resolves. */
export async function negotiate(webrtcbin: GstObject, offer: string): Promise<string> {
  await webrtcbin.emitPromise('set-remote-description', { type: 'offer', sdp: offer });
  const reply = await webrtcbin.emitPromise('create-answer', null);
  const answer = reply?.['answer'];
  if (!isDescription(answer)) throw new Error('webrtcbin created no answer');
  await webrtcbin.emitPromise('set-local-description', answer);
  await gathered(webrtcbin);
  const local = webrtcbin.get('local-description');
  if (!isDescription(local)) throw new Error('webrtcbin has no local description');
  return local.sdp;
}

/** UPnP, STUN and TURN are off: candidates are those of this machine, and there within milliseconds. */
const GATHERING_DEADLINE_MS = 5_000;

async function gathered(webrtcbin: GstObject): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // It also keeps the process alive: a signal that is waited for does not, and before the listener is open nothing
    // else does.
    const deadline = setTimeout(() => {
      webrtcbin.off(id);
      reject(new Error('webrtcbin does not get done with gathering candidates'));
    }, GATHERING_DEADLINE_MS);
    // Connected before the property is read, so that a change in between is not missed.
    const id = webrtcbin.on('notify::ice-gathering-state', (state) => {
      if (state === 'complete') done();
    });
    const done = (): void => {
      clearTimeout(deadline);
      webrtcbin.off(id);
      resolve();
    };
    if (webrtcbin.get('ice-gathering-state') === 'complete') done();
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
