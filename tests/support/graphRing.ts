/** The graph that graphServer.ts serves: nodes in a ring, each with an edge to the next and one to that of twice its number. */

/** A reply: status and body. */
export type Reply = [status: number, body: unknown];

const SIZE = 40;
const COLOURS = ['Red', 'Green', 'Blue', 'Black', 'White'];

const IDS = Array.from({ length: SIZE }, (_, index) => `ring-${index}`);
const NODES = IDS.map((id, index) => ({
  id,
  name: `${COLOURS[index % COLOURS.length] ?? ''} bead ${index}`,
}));
const EDGES = IDS.flatMap((_, index) => [
  [index, (index + 1) % SIZE],
  [index, (2 * index) % SIZE],
]).filter(
  ([from, to], place, all) => from !== to && all.findIndex(([a, b]) => a === from && b === to) === place,
);

/** Answers a request like `GET /api/graph/stats`. */
export function ask(call: string, query: URLSearchParams, body: string): Reply {
  switch (call) {
    case 'GET /health':
      return [200, { status: 'ok' }];
    case 'GET /api/graph/stats':
      return [200, { nodes: SIZE, edges: EDGES.length, average_degree: (2 * EDGES.length) / SIZE, seed: 0 }];
    case 'GET /api/graph/nodes/search':
      return search(query.get('q'), Number(query.get('limit') ?? 20));
    case 'POST /api/graph/traverse':
      return traverse(body);
    default:
      return [404, { error: 'There is nothing here.' }];
  }
}

function search(query: string | null, limit: number): Reply {
  if (query === null || !Number.isInteger(limit) || limit < 1)
    return [400, { error: 'q or limit is wrong.' }];
  const found = NODES.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
  return [200, { query, total: found.length, nodes: found.slice(0, limit) }];
}

function traverse(body: string): Reply {
  const asked = readAsked(body);
  if (asked === undefined) return [400, { error: 'The body is wrong.' }];
  const { start, depth, direction } = asked;
  if (!IDS.includes(start)) return [404, { error: 'There is no such node.' }];
  const depths = new Map([[IDS.indexOf(start), 0]]);
  const levels = [1];
  for (let far = 1; far <= depth; far++) {
    const next = [...depths]
      .filter(([, at]) => at === far - 1)
      .flatMap(([node]) => neighbours(node, direction));
    for (const node of next) if (!depths.has(node)) depths.set(node, far);
    const count = [...depths.values()].filter((at) => at === far).length;
    if (count === 0) break;
    levels.push(count);
  }
  const nodes = [...depths].map(([node, at]) => ({ id: IDS[node], depth: at }));
  return [200, { start, depth, direction, visited: nodes.length, levels, nodes }];
}

function neighbours(node: number, direction: string): number[] {
  const out = EDGES.filter(([from]) => from === node).map(([, to]) => to ?? NaN);
  const incoming = EDGES.filter(([, to]) => to === node).map(([from]) => from ?? NaN);
  return direction === 'both' ? [...out, ...incoming] : direction === 'in' ? incoming : out;
}

function readAsked(body: string): { start: string; depth: number; direction: string } | undefined {
  try {
    const { start, depth, direction = 'out' } = JSON.parse(body) as Record<string, unknown>;
    if (typeof start !== 'string' || typeof depth !== 'number' || typeof direction !== 'string')
      return undefined;
    const isSound = Number.isInteger(depth) && depth >= 0 && ['out', 'in', 'both'].includes(direction);
    return isSound ? { start, depth, direction } : undefined;
  } catch {
    return undefined;
  }
}
