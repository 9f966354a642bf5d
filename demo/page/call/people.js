// Who is here, as a list.
import { colourOf, initialsOf } from '../base/avatar.js';
import { create } from '../base/dom.js';
import { nameOf } from './tile.js';

/** @typedef {import('backend-webrtc-client').Participant} Participant */

/**
 * @param {HTMLElement} list
 * @param {readonly Participant[]} all
 */
export function showPeople(list, all) {
  list.replaceChildren(...all.map(entry));
}

/** @param {Participant} participant */
function entry(participant) {
  const name = nameOf(participant);
  const avatar = create('span', { className: 'avatar', 'aria-hidden': 'true' }, initialsOf(name));
  avatar.style.backgroundColor = colourOf(participant.csrc ?? 0);
  return create(
    'li',
    { className: participant.speaking ? 'speaking' : '' },
    avatar,
    create('span', { className: 'name' }, participant.self ? `${name} (you)` : name),
    create('span', { className: 'soft' }, stateOf(participant)),
  );
}

/**
 * What one would want to know first.
 * @param {Pick<Participant, 'speaking' | 'muted' | 'kinds'>} participant
 * @returns {string}
 */
export function stateOf({ speaking, muted, kinds }) {
  if (!kinds.includes('audio')) return 'only listens';
  if (muted) return 'muted';
  return speaking ? 'speaks' : '';
}
