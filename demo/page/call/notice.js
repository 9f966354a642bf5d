// What one is told in passing: who came, what was copied. What goes on for longer is held until it is over.

const SHOWN_MS = 4000;

export class Notice {
  #element;
  #held = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} element that is read out when it changes */
  constructor(element) {
    this.#element = element;
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.#timer);
    this.#element.textContent = text;
    this.#timer = setTimeout(() => (this.#element.textContent = this.#held), SHOWN_MS);
  }

  /** @param {string} text empty: it is over */
  hold(text) {
    this.#held = text;
    clearTimeout(this.#timer);
    this.#element.textContent = text;
  }

  /**
   * @param {'joined' | 'left'} verb
   * @param {readonly string[]} names
   */
  tell(verb, names) {
    if (names.length > 0) this.say(`${listed(names)} ${verb}.`);
  }

  close() {
    this.hold('');
  }
}

/**
 * @param {readonly string[]} names
 * @returns {string}
 */
export function listed(names) {
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
}
