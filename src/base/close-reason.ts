/** Why a connection of a device ended. Nothing is ever closed without one of these. */
export type CloseReason =
  /** The other side closed its DTLS transport: the page was left, or `RTCPeerConnection.close()`. */
  | 'gone'
  /** Nothing at all arrived from the other side for `PEER_TIMEOUT`. */
  | 'silent'
  /** The same device connected again. */
  | 'replaced'
  /** The offer was not usable, the transport failed, or it was not up in time. */
  | 'failed'
  /** The client went away before it had an answer. */
  | 'abandoned'
  /** An operator removed it. */
  | 'removed'
  /** The process ends. */
  | 'shutdown';
