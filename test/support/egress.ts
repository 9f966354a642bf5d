import { env } from 'node:process';

export type Egress = 'webrtcbin' | 'direct';

/** How media leaves in the tests that run with either: by the variable that the service reads, too. */
export const EGRESS: Egress = env['EGRESS'] === 'webrtcbin' ? 'webrtcbin' : 'direct';
