/** The nodes and edges themselves, and what can be asked of them. */
import { randomInt, randomLcg } from 'd3-random';
import { DirectedGraph } from 'graphology';
import { bfsFromNode } from 'graphology-traversal';
import { FIRST_WORDS, LAST_WORDS } from './names.ts';
import type { Search, Traversal } from './questions.ts';

const NODES = 5000;
const EDGES = 20_000;

/** A node as it is shown. */
export interface NamedNode {
  id: string;
  name: string;
}

/** The size of a network. */
export interface NetworkStats {
  nodes: number;
  edges: number;
  /** Edges at a node, those that come in and those that go out: 2 × edges / nodes. */
  average_degree: number;
  seed: number;
}

/** What a search finds. */
export interface Found {
  query: string;
  /** All nodes with that name, not only those shown. */
  total: number;
  nodes: NamedNode[];
}

/** What a traversal comes by. */
export interface Visited {
  start: string;
  depth: number;
  direction: Traversal['direction'];
  /** Nodes, the start included. */
  visited: number;
  /** Nodes at each depth, the start's first. */
  levels: number[];
  nodes: { id: string; depth: number }[];
}

/** A network that can be asked. */
export interface Network {
  stats(): NetworkStats;
  /** Finds the nodes whose name has the query in it, in the order of their ids. */
  search(asked: Search): Found;
  /** Walks breadth-first; undefined where no node has the id of the start. */
  traverse(asked: Traversal): Visited | undefined;
}

/** Makes 5,000 nodes (n1, n2 …) and 20,000 directed edges; the same seed makes the same. It takes about 0.1 s. */
export function makeNetwork(seed: number): Network {
  const graph = makeGraph(seed);
  const names = graph.mapNodes((id, { name }) => ({ id, name, lower: name.toLowerCase() }));
  return {
    stats: () => ({
      nodes: graph.order,
      edges: graph.size,
      average_degree: (2 * graph.size) / graph.order,
      seed,
    }),
    search: ({ query, limit }) => {
      const part = query.toLowerCase();
      const found = names.filter(({ lower }) => lower.includes(part));
      return {
        query,
        total: found.length,
        nodes: found.slice(0, limit).map(({ id, name }) => ({ id, name })),
      };
    },
    traverse: (asked) => (graph.hasNode(asked.start) ? walk(graph, asked) : undefined),
  };
}

type Graph = DirectedGraph<{ name: string }>;

function makeGraph(seed: number): Graph {
  const graph: Graph = new DirectedGraph({ allowSelfLoops: false });
  const below = randomInt.source(randomLcg(seed));
  const [first, last, any] = [below(FIRST_WORDS.length), below(LAST_WORDS.length), below(NODES)];
  for (let number = 1; number <= NODES; number++) {
    const name = `${FIRST_WORDS[first()] ?? ''} ${LAST_WORDS[last()] ?? ''} ${number}`;
    graph.addNode(`n${number}`, { name });
  }
  while (graph.size < EDGES) {
    const [from, to] = [any() + 1, any() + 1];
    if (from !== to) graph.mergeEdge(`n${from}`, `n${to}`);
  }
  return graph;
}

const MODES = { out: 'outbound', in: 'inbound', both: 'directed' } as const;

function walk(graph: Graph, { start, depth: most, direction }: Traversal): Visited {
  const nodes: Visited['nodes'] = [];
  const levels: number[] = [];
  const visit = (id: string, _attributes: unknown, depth: number): boolean => {
    nodes.push({ id, depth });
    levels[depth] = (levels[depth] ?? 0) + 1;
    return depth >= most;
  };
  bfsFromNode(graph, start, visit, { mode: MODES[direction] });
  return { start, depth: most, direction, visited: nodes.length, levels, nodes };
}
