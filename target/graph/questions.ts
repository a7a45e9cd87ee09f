/** What clients ask of the graph, as it is read from their requests. */
import { isObject } from '../isObject.ts';

/** A search for nodes. */
export interface Search {
  query: string;
  /** Most nodes to show. */
  limit: number;
}

const DIRECTIONS = ['out', 'in', 'both'] as const;

/** A walk from a node. */
export interface Traversal {
  /** The id of a node. */
  start: string;
  /** How many edges far. */
  depth: number;
  direction: (typeof DIRECTIONS)[number];
}

/** What is wrong with a request, in a full sentence. */
export interface Problem {
  error: string;
}

const DEFAULT_LIMIT = 20;
const MOST = 1_000_000;

/** The sentence that refuses a body which is no JSON object. */
export const WANTED_BODY =
  'The body must be a JSON object like {"start": "n1", "depth": 2, "direction": "out"}, with Content-Type: application/json.';

/** Reads the query of a search: `q`, and if wished `limit` (default 20). */
export function readSearch(query: unknown): Search | Problem {
  const { q, limit = String(DEFAULT_LIMIT) } = isObject(query) ? query : {};
  if (typeof q !== 'string') return { error: 'A search must have one q, a part of a name, like ?q=river.' };
  if (typeof limit !== 'string' || !/^[1-9]\d{0,5}$/.test(limit))
    return { error: `The search's limit is ${JSON.stringify(limit)}; give a whole number from 1 to 999999.` };
  return { query: q, limit: Number(limit) };
}

/** Reads the body of a traversal: `start`, `depth`, and if wished `direction` (default `out`). */
export function readTraversal(body: unknown): Traversal | Problem {
  if (!isObject(body)) return { error: WANTED_BODY };
  const { start, depth, direction: word = 'out' } = body;
  if (typeof start !== 'string') return { error: wrong('start', start, 'the id of a node, like "n1"') };
  if (typeof depth !== 'number' || !Number.isInteger(depth) || depth < 0 || depth > MOST)
    return { error: wrong('depth', depth, `a whole number from 0 to ${MOST}`) };
  const direction = DIRECTIONS.find((known) => known === word);
  if (direction === undefined) return { error: wrong('direction', word, `one of ${DIRECTIONS.join(', ')}`) };
  return { start, depth, direction };
}

function wrong(name: string, value: unknown, wanted: string): string {
  return `The traversal's ${name} is ${value === undefined ? 'missing' : JSON.stringify(value)}; give ${wanted}.`;
}
