// Runs in a page: what is wrong with how it looks. An empty list where nothing is.

globalThis.looks = {
  faults() {
    return [...overflow(), ...outside(), ...overlaps(), ...cutOff()];
  },
};

const seen = (selector) =>
  [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility({ visibilityProperty: true }));

const nameOf = (element) =>
  `${element.tagName.toLowerCase()}${element.id && `#${element.id}`}${element.className && `.${element.className}`} “${element.textContent.trim().slice(0, 40)}”`;

/** The page is never wider than the window, and in the conversation never higher. */
function overflow() {
  const { scrollWidth, scrollHeight } = document.documentElement;
  const isCall = seen('#call').length > 0;
  return [
    ...(scrollWidth > innerWidth ? [`the page is ${scrollWidth} wide in a window of ${innerWidth}`] : []),
    ...(isCall && scrollHeight > innerHeight ? [`the page is ${scrollHeight} high in a window of ${innerHeight}`] : []),
  ];
}

/** What is on a tile stays on it, and controls stay in the window. */
function outside() {
  const onTiles = seen('.tile .caption, .tile .pin, .tile .face .avatar').map((part) => [part, part.closest('.tile')]);
  const inWindow = seen('button, input, select, h1, #notice, .tile').filter((part) => part.closest('#stage') === null);
  const page = {
    getBoundingClientRect: () => new DOMRect(0, 0, innerWidth, Math.max(innerHeight, document.body.scrollHeight)),
  };
  return [...onTiles, ...inWindow.map((part) => [part, page])]
    .filter(([part, whole]) => !within(part.getBoundingClientRect(), whole.getBoundingClientRect()))
    .map(([part]) => `${nameOf(part)} is not within its place`);
}

/** No two tiles, no two controls, no two words of the top line lie over each other. */
function overlaps() {
  const groups = ['.tile', '#call > footer button', '#call > header > *', '#form > *', '.preview-controls > *'].map(
    seen,
  );
  const onTile = seen('.tile').map((tile) =>
    [...tile.querySelectorAll('.caption, .face .avatar')].filter((part) =>
      part.checkVisibility({ visibilityProperty: true }),
    ),
  );
  return [...groups, ...onTile].flatMap((group) =>
    group.flatMap((one, index) =>
      group
        .slice(index + 1)
        .filter((other) => cross(one.getBoundingClientRect(), other.getBoundingClientRect()))
        .map((other) => `${nameOf(one)} lies over ${nameOf(other)}`),
    ),
  );
}

/** Text that is not all there. */
function cutOff() {
  return seen('h1, h2, p, label, button, .name, .soft, .table, td, th, dd, option, figcaption')
    .filter((element) => !element.matches('.hidden, footer button') && element.textContent.trim() !== '')
    .filter((element) => {
      const { overflowX } = getComputedStyle(element);
      const isCut = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
      return element.clientWidth > 0 && isCut && overflowX !== 'visible';
    })
    .map((element) => `${nameOf(element)} is cut off`);
}

const within = (part, whole) =>
  part.left >= whole.left - 1 &&
  part.top >= whole.top - 1 &&
  part.right <= whole.right + 1 &&
  part.bottom <= whole.bottom + 1;

const cross = (one, other) =>
  Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
  Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
