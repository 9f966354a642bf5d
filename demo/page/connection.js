// A client of the service: one offer with all candidates, one answer, and the data channel that says who is where. No
// server-specific library.

/**
 * What is heard and seen is what was offered: each section that can receive is one slot, and what plays in it changes
 * on the server without a word of signalling. The sections of `stream` have a slot each as well.
 * @typedef {{
 *   token: string, device?: string,
 *   stream: MediaStream, audioSlots: number, videoSlots: number,
 *   onSlot: (slot: { mid: string, kind: string, stream: MediaStream, receiver: RTCRtpReceiver }) => void,
 *   onState: (state: RTCPeerConnectionState) => void,
 *   onMessage: (message: any) => void
 * }} Options `onMessage`: of the events channel
 */

/**
 * Resolves when media can flow; rejects with a reason to show.
 * @param {Options} options
 * @returns {Promise<{ pc: RTCPeerConnection, say: (message: object) => void, close: () => void }>}
 */
export async function connect({ token, device = '', stream, audioSlots, videoSlots, onSlot, onState, onMessage }) {
  const pc = new RTCPeerConnection();
  try {
    const events = pc.createDataChannel('events');
    events.addEventListener('message', ({ data }) => onMessage(JSON.parse(data)));
    for (const track of stream.getTracks()) pc.addTransceiver(track, { direction: 'sendrecv', streams: [stream] });
    receiveOnly(pc, 'audio', audioSlots - stream.getAudioTracks().length);
    receiveOnly(pc, 'video', videoSlots - stream.getVideoTracks().length);
    pc.addEventListener('track', ({ transceiver, track, receiver, streams: [received] }) => {
      onSlot({ mid: transceiver.mid ?? '', kind: track.kind, stream: received ?? new MediaStream([track]), receiver });
    });
    pc.addEventListener('connectionstatechange', () => onState(pc.connectionState));

    await pc.setLocalDescription();
    await gathered(pc);
    const socket = new WebSocket(connectUrl(token, device));
    const ended = closed(socket);
    const answer = await Promise.race([exchange(socket, pc.localDescription?.sdp ?? ''), ended.then(refuse)]);
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    // The server closes the socket when the connection is established: 1000; any other code says why it is not.
    await ended.then((event) => (event.code === 1000 ? undefined : refuse(event)));
    const say = (/** @type {object} */ message) => events.readyState === 'open' && events.send(JSON.stringify(message));
    return { pc, say, close: () => pc.close() };
  } catch (error) {
    pc.close();
    throw error;
  }
}

/**
 * @param {string} conversation
 * @param {{ token: string, device?: string, method?: 'POST' | 'DELETE' }} options DELETE leaves
 * @returns {Promise<void>}
 */
export async function join(conversation, { token, device = '', method = 'POST' }) {
  const response = await fetch(`/join/${encodeURIComponent(conversation)}?${identity(token, device)}`, { method });
  if (response.ok || (method === 'DELETE' && response.status === 404)) return;
  throw new Error(`${method} /join: ${response.status} ${await response.text()}`);
}

/**
 * @param {RTCPeerConnection} pc
 * @param {'audio' | 'video'} kind
 * @param {number} count
 */
function receiveOnly(pc, kind, count) {
  for (let slot = 0; slot < count; slot += 1) pc.addTransceiver(kind, { direction: 'recvonly' });
}

/** @param {RTCPeerConnection} pc */
function gathered(pc) {
  return new Promise((resolve) => {
    const check = () => pc.iceGatheringState === 'complete' && resolve(undefined);
    pc.addEventListener('icegatheringstatechange', check);
    check();
  });
}

/**
 * Sends the offer as soon as the socket is open.
 * @param {WebSocket} socket
 * @param {string} offer
 * @returns {Promise<string>} the answer
 */
function exchange(socket, offer) {
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
    socket.addEventListener('open', () => socket.send(offer), { once: true });
  });
}

/**
 * @param {WebSocket} socket
 * @returns {Promise<CloseEvent>}
 */
function closed(socket) {
  return new Promise((resolve) => {
    socket.addEventListener('close', resolve, { once: true });
  });
}

/** @param {CloseEvent} event */
function refuse({ code, reason }) {
  throw new Error(`the server refused the connection: ${reason || `close code ${code}`}`);
}

/**
 * @param {string} token
 * @param {string} device
 */
const identity = (token, device) => new URLSearchParams({ token, device }).toString();

/**
 * @param {string} token
 * @param {string} device
 */
function connectUrl(token, device) {
  const url = new URL(`/connect?${identity(token, device)}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
