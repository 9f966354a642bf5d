// Single keys for what is done often. They can be turned off: who speaks to the computer types letters without meaning to.

/**
 * The key that is meant; null where it is text, part of another shortcut, or held down.
 * @param {Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'repeat' | 'defaultPrevented'>} event
 * @param {string} target the name of the element that has the focus
 * @returns {string | null}
 */
export function keyOf(event, target) {
  const { key, ctrlKey, altKey, metaKey, repeat, defaultPrevented } = event;
  if (ctrlKey || altKey || metaKey || repeat || defaultPrevented) return null;
  return /^(input|select|textarea)$/i.test(target) ? null : key.toLowerCase();
}
