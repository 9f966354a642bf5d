// What opens beside the tiles: who is here, the figures, the keys. One at a time; the focus goes in with it and back out.
import { $ } from '../base/dom.js';

const NARROW = matchMedia('(max-width: 45rem)');

export class Panels {
  /** @type {Map<HTMLDialogElement, HTMLElement>} Each with the button that opens it. */
  #buttons = new Map();
  #signal;

  /**
   * @param {readonly string[]} ids of dialogs; the button of `x` is `show-x`
   * @param {AbortSignal} signal takes the listeners away
   */
  constructor(ids, signal) {
    this.#signal = signal;
    for (const id of ids) this.#add(/** @type {HTMLDialogElement} */ ($(id)), $(`show-${id}`));
  }

  /** @param {string} id */
  toggle(id) {
    const panel = /** @type {HTMLDialogElement} */ ($(id));
    if (panel.open) return panel.close();
    this.closeAll();
    // On a small screen it covers the page, and the focus stays within.
    if (NARROW.matches) panel.showModal();
    else panel.show();
    panel.querySelector('h2')?.focus();
    this.#tell();
  }

  closeAll() {
    for (const panel of this.#buttons.keys()) if (panel.open) panel.close();
  }

  /**
   * @param {HTMLDialogElement} panel
   * @param {HTMLElement} button
   */
  #add(panel, button) {
    const options = { signal: this.#signal };
    this.#buttons.set(panel, button);
    button.addEventListener('click', () => this.toggle(panel.id), options);
    panel.querySelector('.close')?.addEventListener('click', () => panel.close(), options);
    panel.addEventListener('keydown', ({ key }) => key === 'Escape' && panel.close(), options);
    panel.addEventListener('close', () => this.#closed(button), options);
  }

  /** @param {HTMLElement} button */
  #closed(button) {
    this.#tell();
    // Unless another has been opened in its place.
    if (![...this.#buttons.keys()].some(({ open }) => open)) button.focus();
  }

  #tell() {
    for (const [panel, button] of this.#buttons) button.setAttribute('aria-expanded', String(panel.open));
  }
}
