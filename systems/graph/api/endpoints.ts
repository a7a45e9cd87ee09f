/** The endpoints of a graph service: what is asked, and what an answer must have. Pure. */
import { isPlainObject } from '../../../lib/words/jsonFields.ts';

/** All of them, as values of the tag `endpoint`. */
export const ENDPOINTS = ['stats', 'search', 'traverse', 'health'] as const;

/** One of them. */
export type Endpoint = (typeof ENDPOINTS)[number];

/** What the requests ask for. */
export interface Questions {
  /** Parts of names. */
  words: readonly string[];
  limit: number;
  /** An id, with `#` for a number from 1 to `nodes`. */
  nodeId: string;
  nodes: number;
  depth: number;
  direction: 'out' | 'in' | 'both';
}

/** A request, below the address of the service. */
export interface ApiRequest {
  method: 'GET' | 'POST';
  path: string;
  body: string | null;
}

/** The next request of an endpoint; `random` draws what it asks for. */
export function requestOf(endpoint: Endpoint, questions: Questions, random: () => number): ApiRequest {
  switch (endpoint) {
    case 'stats':
      return STATS;
    case 'health':
      return HEALTH;
    case 'search':
      return { method: 'GET', path: searchPath(questions, random), body: null };
    case 'traverse':
      return { method: 'POST', path: '/api/graph/traverse', body: traversal(questions, random) };
  }
}

const STATS: ApiRequest = { method: 'GET', path: '/api/graph/stats', body: null };
const HEALTH: ApiRequest = { method: 'GET', path: '/health', body: null };

function searchPath({ words, limit }: Questions, random: () => number): string {
  const word = words[Math.floor(random() * words.length)] ?? '';
  return `/api/graph/nodes/search?q=${encodeURIComponent(word)}&limit=${limit}`;
}

function traversal({ nodeId, nodes, depth, direction }: Questions, random: () => number): string {
  const start = nodeId.replaceAll('#', String(1 + Math.floor(random() * nodes)));
  return JSON.stringify({ start, depth, direction });
}

const FIELDS: Readonly<Record<Endpoint, readonly [name: string, is: (value: unknown) => boolean]>> = {
  stats: ['nodes', (value) => typeof value === 'number'],
  search: ['nodes', Array.isArray],
  traverse: ['visited', (value) => typeof value === 'number'],
  health: ['status', (value) => typeof value === 'string'],
};

/** What the JSON of an answer lacks; `undefined`: nothing. `reply` is undefined where there was no JSON. */
export function lacking(endpoint: Endpoint, reply: unknown): string | undefined {
  const [name, is] = FIELDS[endpoint];
  return isPlainObject(reply) && is(reply[name]) ? undefined : name;
}
