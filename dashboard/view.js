// The document: whatever came from outside is set as text, never as markup.

/** Rows on the page at most. */
const MAX_CONVERSATIONS = 100;
const MAX_MEMBERS = 100;
const COLUMNS = ['hears and sees', 'sends', 'lost', 'gets', 'lost', 'round trip', 'dropped'];

/** @param {string} id */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * Children of an element for the items, in their order: those of before stay, so that the focus stays where it is.
 * @template T
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} create
 * @param {(element: HTMLElement, item: T) => void} update
 */
function keep(parent, items, keyOf, create, update) {
  const before = new Map([...parent.children].map((child) => [child.getAttribute('data-key'), child]));
  items.forEach((item, i) => {
    const key = keyOf(item);
    const known = /** @type {HTMLElement | undefined} */ (before.get(key));
    const element = known ?? create(item);
    before.delete(key);
    element.setAttribute('data-key', key);
    update(element, item);
    if (parent.children[i] !== element) parent.insertBefore(element, parent.children[i] ?? null);
  });
  for (const gone of before.values()) gone.remove();
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {readonly (Node | string)[]} [children]
 */
function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/**
 * @param {Element | null} target
 * @param {string} text
 */
function setText(target, text) {
  if (target !== null && target.textContent !== text) target.textContent = text;
}

/**
 * @param {HTMLElement} list a `dl`
 * @param {readonly import('./figures.js').Figure[]} figures
 */
export function showFigures(list, figures) {
  const items = figures.map((figure, i) => ({ ...figure, key: `${i} ${figure.name}` }));
  keep(
    list,
    items,
    ({ key }) => key,
    () => element('div', {}, [element('dt'), element('dd')]),
    (box, { name, value, isBad = false }) => {
      setText(box.querySelector('dt'), name);
      setText(box.querySelector('dd'), value);
      box.classList.toggle('bad', isBad);
    },
  );
}

/**
 * @param {readonly { id: string, users: number, members: number }[]} conversations
 * @param {string | null} selected
 * @param {(id: string) => void} select
 */
export function showConversations(conversations, selected, select) {
  keep(
    byId('conversations'),
    conversations.slice(0, MAX_CONVERSATIONS),
    ({ id }) => id,
    ({ id }) => {
      const button = element('button', { type: 'button' }, [element('strong', {}, [id]), element('span')]);
      button.addEventListener('click', () => select(id));
      return element('li', {}, [button]);
    },
    (item, { id, users, members }) => {
      setText(item.querySelector('span'), `${members} connected, ${users} joined`);
      item.querySelector('button')?.setAttribute('aria-pressed', String(id === selected));
    },
  );
  byId('no-conversations').hidden = conversations.length > 0;
  setText(byId('more-conversations'), more(conversations.length - MAX_CONVERSATIONS));
}

/**
 * @param {import('./members.js').Conversation | null} conversation
 * @param {readonly import('./members.js').Row[]} rows
 * @param {(row: import('./members.js').Row) => void} openPipeline
 */
export function showConversation(conversation, rows, openPipeline) {
  byId('conversation').hidden = conversation === null;
  if (conversation === null) return;
  const { id, users, members } = conversation;
  setText(byId('conversation-title'), id);
  setText(byId('joined'), `${users.length} joined, ${members.length} devices connected`);
  byId('members').hidden = rows.length === 0;
  keep(
    byId('rows'),
    rows.slice(0, MAX_MEMBERS),
    ({ peer }) => peer,
    (row) => memberRow(row, openPipeline),
    (line, { cells }) => cells.forEach((text, i) => setText(line.children[i + 1] ?? null, text)),
  );
  setText(byId('more-members'), more(rows.length - MAX_MEMBERS));
}

/**
 * @param {import('./members.js').Row} row
 * @param {(row: import('./members.js').Row) => void} openPipeline
 */
function memberRow(row, openPipeline) {
  const button = element('button', { type: 'button', 'aria-label': `pipeline of ${row.name}` }, ['show']);
  button.addEventListener('click', () => openPipeline(row));
  return element('tr', { role: 'row' }, [
    element('th', { role: 'rowheader', scope: 'row' }, [row.name]),
    ...COLUMNS.map((name) => element('td', { role: 'cell', 'data-label': name })),
    element('td', { role: 'cell', 'data-label': 'pipeline' }, [button]),
  ]);
}

/** @param {number} count */
const more = (count) => (count > 0 ? `${count} more are not shown.` : '');

/**
 * @param {'picture' | 'pipeline-picture'} id
 * @param {Blob} blob
 * @param {string} alt
 */
export function showPicture(id, blob, alt) {
  const image = /** @type {HTMLImageElement} */ (byId(id));
  forget(image);
  image.src = URL.createObjectURL(blob);
  image.alt = alt;
  image.hidden = false;
}

/** @param {HTMLImageElement} image */
function forget(image) {
  if (image.src.startsWith('blob:')) URL.revokeObjectURL(image.src);
  image.removeAttribute('src');
  image.hidden = true;
}

/**
 * @param {string} name
 * @param {string} state
 */
export function openPipeline(name, state) {
  setText(byId('pipeline-title'), name);
  setText(byId('pipeline-state'), state);
  const dialog = /** @type {HTMLDialogElement} */ (byId('pipeline'));
  if (!dialog.open) dialog.showModal();
}

export function closePipeline() {
  forget(/** @type {HTMLImageElement} */ (byId('pipeline-picture')));
}
