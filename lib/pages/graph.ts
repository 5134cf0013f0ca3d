/** Steps and what they wait for, as a picture: layers from top to bottom, each step below what it waits for. */
import { type Html, markup } from "./html.ts";
import { said, signOf, toneOf } from "./parts.ts";

/** A step in the picture. */
export interface Node {
  readonly id: string;
  readonly title: string;
  /** What is done to it, or how it ended. */
  readonly word: string;
  /** Ids of the steps before it; others are ignored. */
  readonly after: readonly string[];
}

const BOX = { width: 216, height: 44 }, GAP = { x: 20, y: 34 }, EDGE = 4;
/** Boxes beside each other: as many as a page is wide. */
const ACROSS = 5;
/** Characters of a box. */
const ROOM = 28;

/** The nodes by layer: one below the last node before each. Nodes stand after those that they name. */
function layersOf(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const depths = new Map<string, number>(), layers: Node[][] = [];
  for (const node of nodes) {
    const depth = Math.max(-1, ...node.after.map((id) => depths.get(id) ?? -1)) + 1;
    depths.set(node.id, depth);
    (layers[depth] ??= []).push(node);
  }
  return layers;
}

/** The nodes with those before them; without one that stands before another one of them, whose line shows it. */
function reduced(nodes: readonly Node[]): Node[] {
  const before = new Map<string, ReadonlySet<string>>();
  return nodes.map((node) => {
    const known = [...new Set(node.after)].filter((id) => before.has(id));
    const after = known.filter((id) => !known.some((other) => before.get(other)!.has(id)));
    before.set(node.id, new Set([...known, ...known.flatMap((id) => [...before.get(id)!])]));
    return { ...node, after };
  });
}

/** The nodes in an order in which each stands after all that it names: steps of a plan may name later ones. */
function ordered(nodes: readonly Node[]): Node[] {
  const left = new Map(nodes.map((node) => [node.id, node])), sorted: Node[] = [];
  const visit = (id: string): void => {
    const node = left.get(id);
    if (!node) return;
    left.delete(id);
    node.after.forEach(visit);
    sorted.push(node);
  };
  nodes.forEach(({ id }) => visit(id));
  return sorted;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The places of the nodes: the rows of each layer, in the middle of the width. */
function placed(nodes: readonly Node[]) {
  const rows = layersOf(nodes).flatMap((layer) => {
    return Array.from(
      { length: Math.ceil(layer.length / ACROSS) },
      (_, row) => layer.slice(row * ACROSS).slice(0, ACROSS),
    );
  });
  const most = Math.max(1, ...rows.map(({ length }) => length)), step = BOX.width + GAP.x;
  const places = new Map<string, Place>(rows.flatMap((row, at) => {
    const left = EDGE + (most - row.length) * step / 2, y = EDGE + at * (BOX.height + GAP.y);
    return row.map(({ id }, place) => [id, { x: left + place * step, y }] as const);
  }));
  const height = 2 * EDGE + Math.max(1, rows.length) * (BOX.height + GAP.y) - GAP.y;
  return { places, width: 2 * EDGE + most * step - GAP.x, height };
}

function line(from: Place, to: Place): Html {
  const [x1, y1, x2, y2] = [from.x + BOX.width / 2, from.y + BOX.height, to.x + BOX.width / 2, to.y];
  const half = GAP.y * 0.7;
  return markup`<path d="M${x1} ${y1}C${x1} ${y1 + half} ${x2} ${y2 - half} ${x2} ${y2}"/>`;
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length <= ROOM ? text : `${letters.slice(0, ROOM - 1).join("")}…`;
}

function box({ title, word }: Node, { x, y }: Place): Html {
  return markup`<g><title>${title}: ${said(word)}</title>
<rect class="${toneOf(word)}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>
<text x="${x + 10}" y="${y + 18}">${cut(title)}</text>
<text class="quiet" x="${x + 10}" y="${y + 36}">${`${signOf(word)} ${said(word)}`.trim()}</text></g>
`;
}

/** `where` names the table that says the same in words. */
export function graph(given: readonly Node[], where: Html): Html {
  const nodes = reduced(ordered(given)), { places, width, height } = placed(nodes);
  const at = (id: string) => places.get(id)!;
  const lines = nodes.flatMap(({ id, after }) => after.map((before) => line(at(before), at(id))));
  const size = markup`width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return markup`<figure>
<div class="scroll" role="region" aria-label="Picture of the steps" tabindex="0">
<svg role="img" aria-label="${nodes.length} steps, from top to bottom in the order in which they run" ${size}>
${lines}
${nodes.map((node) => box(node, at(node.id)))}</svg>
</div>
<figcaption>A line leads to each step from those that it waits for. ${where}</figcaption>
</figure>
`;
}
