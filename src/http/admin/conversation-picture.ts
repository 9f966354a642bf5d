import type { ConversationView, MemberView } from './views.ts';

/** From who speaks to who hears him. */
interface Route {
  readonly from: number;
  readonly to: number;
  readonly kind: 'audio' | 'video';
  readonly slot: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is beyond is told of by its number: nobody could follow so many lines. */
const MAX_MEMBERS = 100;
const MAX_ROUTES = 1_000;
/** With more of them labels would lie on each other; a line tells what it is when it is pointed at. */
const MAX_LABELS = 30;
const MAX_NAME = 24;

const NODE = { width: 150, height: 40 } as const;
/** Sound and picture of the same pair are two lines beside each other. */
const BEND = { audio: 18, video: 42 } as const;
const LEGEND_HEIGHT = 60;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #222; text-anchor: middle; }
  .client, .legend { fill: #555; font-size: 11px; }
  .legend { text-anchor: start; }
  .node { fill: #fff; stroke: #888; }
  .audio { stroke: #1565c0; fill: #1565c0; }
  .video { stroke: #b3541e; fill: #b3541e; stroke-dasharray: 6 3; }
  path { fill: none !important; stroke-width: 1.5; }
  marker path { stroke: none; fill: context-stroke !important; }
  @media (prefers-color-scheme: dark) {
    text { fill: #eee; } .client, .legend { fill: #aaa; } .node { fill: #222; stroke: #777; }
    .audio { stroke: #64b5f6; fill: #64b5f6; } .video { stroke: #ffb07c; fill: #ffb07c; }
  }`;

/** Who is forwarded to whom, as an SVG: members on a circle, a line for each slot that is filled. */
export function conversationPicture({ id, users, members }: ConversationView): string {
  const shown = members.slice(0, MAX_MEMBERS);
  const routes = routesOf(shown);
  const drawn = routes.slice(0, MAX_ROUTES);
  const { points, size } = circle(shown.length);
  const left = [members.length - shown.length, routes.length - drawn.length] as const;
  const lines = drawn.map((route) => routeLine(route, shown, points, drawn.length <= MAX_LABELS));
  const nodes = shown.map((member, i) => node(member, points[i] ?? { x: 0, y: 0 }));
  const title = `${id}: ${users.length} joined, ${members.length} connected`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.x} ${size.y}" width="${size.x}" height="${size.y}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ...lines,
    ...nodes,
    legend(left, size.y),
    '</svg>',
  ].join('\n');
}

const routesOf = (members: readonly MemberView[]): readonly Route[] => {
  const places = new Map(members.map(({ peer }, i) => [peer, i]));
  return members.flatMap(({ slots }, to) =>
    slots.flatMap(({ kind, index, hears }) => {
      const from = hears === null ? undefined : places.get(hears);
      return from === undefined ? [] : [{ from, to, kind, slot: index }];
    }),
  );
};

/** Points on a circle on which neighbours do not touch, the first one at the top. */
function circle(count: number): { points: readonly Point[]; size: Point } {
  const radius = count < 2 ? 0 : Math.max(120, (count * (NODE.width + 20)) / (2 * Math.PI));
  const middle = radius + NODE.width / 2 + 20;
  const points = Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    return { x: Math.round(middle + radius * Math.cos(angle)), y: Math.round(middle + radius * Math.sin(angle)) };
  });
  const width = Math.round(2 * middle);
  return { points, size: { x: width, y: width + LEGEND_HEIGHT } };
}

function routeLine(
  route: Route,
  members: readonly MemberView[],
  points: readonly Point[],
  isLabelled: boolean,
): string {
  const [from, to] = [points[route.from] ?? { x: 0, y: 0 }, points[route.to] ?? { x: 0, y: 0 }];
  const bend = bendOf(from, to, BEND[route.kind]);
  const [start, end] = [border(from, bend), border(to, bend)];
  const label = `${nameOf(members[route.from])} → ${nameOf(members[route.to])}, ${route.kind} slot ${route.slot}`;
  const middle = { x: (start.x + 2 * bend.x + end.x) / 4, y: (start.y + 2 * bend.y + end.y) / 4 };
  const text = isLabelled
    ? `<text class="client" x="${round(middle.x)}" y="${round(middle.y)}">${route.slot}</text>`
    : '';
  return (
    `<g class="${route.kind}"><title>${escaped(label)}</title>` +
    `<path marker-end="url(#to)" d="M${round(start.x)} ${round(start.y)}Q${round(bend.x)} ${round(bend.y)} ${round(end.x)} ${round(end.y)}"/></g>${text}`
  );
}

/** Beside the straight line, on its right as seen from its start: the way back lies on the other side. */
function bendOf(from: Point, to: Point, by: number): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  return { x: (from.x + to.x) / 2 - (dy / length) * by, y: (from.y + to.y) / 2 + (dx / length) * by };
}

/** Where the line from the middle of a node to a point leaves the node. */
function border(node: Point, toward: Point): Point {
  const [dx, dy] = [toward.x - node.x, toward.y - node.y];
  const scale = 1 / Math.max(Math.abs(dx) / (NODE.width / 2), Math.abs(dy) / (NODE.height / 2), 1);
  return { x: node.x + dx * scale, y: node.y + dy * scale };
}

const node = ({ userid, clientid }: MemberView, { x, y }: Point): string =>
  `<g><title>${escaped(`${userid} / ${clientid}`)}</title>` +
  `<rect class="node" rx="8" x="${x - NODE.width / 2}" y="${y - NODE.height / 2}" width="${NODE.width}" height="${NODE.height}"/>` +
  `<text x="${x}" y="${y - 2}">${escaped(shortened(userid))}</text>` +
  `<text class="client" x="${x}" y="${y + 13}">${escaped(shortened(clientid))}</text></g>`;

function legend([members, routes]: readonly [number, number], height: number): string {
  const rest = [members > 0 ? `${members} more members` : '', routes > 0 ? `${routes} more routes` : ''];
  const note = rest.filter((each) => each !== '').join(', ');
  const [first, second] = [height - 34, height - 14];
  return [
    `<path class="audio" d="M12 ${first}h30"/><text class="legend" x="50" y="${first + 4}">audio, with the slot</text>`,
    `<path class="video" d="M12 ${second}h30"/><text class="legend" x="50" y="${second + 4}">video</text>`,
    note === '' ? '' : `<text class="legend" x="110" y="${second + 4}">${note} not drawn</text>`,
  ].join('');
}

const nameOf = (member: MemberView | undefined): string => shortened(member?.userid ?? '');

const shortened = (text: string): string => {
  const letters = Array.from(text);
  return letters.length <= MAX_NAME ? text : `${letters.slice(0, MAX_NAME - 1).join('')}…`;
};

const round = (number: number): number => Math.round(number * 10) / 10;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold at all, control characters and lone surrogates, is left out. */
const escaped = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex -- these are meant
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu, '')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? '');
