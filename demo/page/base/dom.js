// The few words in which the page speaks of its elements.

/** @param {string} id */
export const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * An element with properties, attributes (those with a dash, and `role`) and children.
 * @param {string} tag
 * @param {Record<string, any>} properties
 * @param {(Node | string)[]} children
 */
export function create(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') element.setAttribute(name, value);
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {Node[]} children
 */
export function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** @param {string} name a symbol of icons.svg; what it means is said in words beside it */
export const icon = (name) => draw('svg', { 'aria-hidden': 'true' }, draw('use', { href: `icons.svg#${name}` }));

/**
 * Another icon and another word on a button.
 * @param {Element} button
 * @param {string} name
 * @param {string} text
 */
export function label(button, name, text) {
  button.querySelector('use')?.setAttribute('href', `icons.svg#${name}`);
  const word = button.querySelector('span');
  button.title = text;
  if (word !== null && word.textContent !== text) word.textContent = text;
}
