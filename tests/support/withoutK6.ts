/** Runs modules of a VU in Node: k6's modules and the clock are stand-ins, everything else is real. */
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { madeMetrics, vuWords } from '../../lib/vocabulary/vuWords.ts';
import { CHATBOT_WORDS } from '../../systems/chatbot/words.ts';
import { ROOT } from './bundle.ts';

/** A sample that a metric was given. */
export interface Sample {
  metric: string;
  value: number;
  /** Those of the VU at that moment, and its own. */
  tags: Record<string, string>;
  /** Its own alone. */
  given?: Record<string, string> | undefined;
}

/** What the modules see of k6, and what they did. Times are epoch milliseconds. */
export interface World {
  time: number;
  /** Milliseconds of each wait; a wait moves `time` on. */
  delays: number[];
  samples: Sample[];
  /** `k6/execution`. */
  exec: {
    vu: { idInTest: number; iterationInScenario: number; metrics: { tags: Record<string, string> } };
    scenario: { startTime: number; iterationInTest: number };
  };
  /** The status of each POST. */
  status: number;
  posts: { url: string; body: string }[];
  /** Texts that went to the console. */
  said: string[];
}

/** A world in which nothing has happened. */
export function newWorld(): World {
  return {
    time: 0,
    delays: [],
    samples: [],
    exec: {
      vu: { idInTest: 1, iterationInScenario: 0, metrics: { tags: {} } },
      scenario: { startTime: 0, iterationInTest: 0 },
    },
    status: 200,
    posts: [],
    said: [],
  };
}

/** Values of a metric's samples. */
export function valuesOf({ samples }: World, metric: string): number[] {
  return samples.filter((sample) => sample.metric === metric).map(({ value }) => value);
}

const worlds: Record<string, World> = {};
Object.assign(globalThis, { worldsWithoutK6: worlds });
let count = 0;

const METRIC = `class Metric {
  constructor(name) {
    this.add = (value, tags) => void world.samples.push({
      metric: name, value: Number(value), given: tags,
      tags: { ...world.exec.vu.metrics.tags, ...tags } });
  }
}
export { Metric as Counter, Metric as Gauge, Metric as Rate, Metric as Trend };`;

const CLOCK = `export const now = () => world.time;
  export const since = (timestamp) => world.time - timestamp;
  export const delay = (milliseconds) => {
    world.delays.push(milliseconds);
    world.time += milliseconds;
    return Promise.resolve();
  };`;

const STAND_INS: Record<string, string> = {
  'k6/metrics': METRIC,
  'k6/execution': 'export default world.exec;',
  'k6/http': `export default {
    post: (url, body) => { world.posts.push({ url, body }); return { status: world.status }; } };`,
  '../k6/clock.ts': CLOCK,
  '../../lib/k6/clock.ts': CLOCK,
  '../../../lib/k6/clock.ts': CLOCK,
};

const EVERYTHING = new Set(['heartbeats', 'retries', 'drift', 'arrivals']);

/** What VUs get of the chatbot's vocabulary, with all that is made only where it is needed. */
export const CHATBOT_VU_WORDS = vuWords(CHATBOT_WORDS, EVERYTHING);

/** A module with the exports of these, in which the chatbot's metrics are made before anybody asks for one. */
function withMetrics(paths: readonly string[]): string {
  const from = (file: string): string => `from ${JSON.stringify(join(ROOT, file))};`;
  const metrics = JSON.stringify(madeMetrics(CHATBOT_WORDS, EVERYTHING));
  const exported = paths.map((path) => `export * ${from(path)}`).join(' ');
  return `${exported} import { makeMetrics } ${from('lib/vu/metrics.ts')} makeMetrics(${metrics});`;
}

/** `replaced`: stand-ins for other modules, by the text with which they are imported; `world` is a variable in them. */
export async function withoutK6<Module>(
  path: string | readonly string[],
  world: World,
  replaced: Record<string, string> = {},
): Promise<Module> {
  const name = `world${++count}`;
  worlds[name] = world;
  const prelude = `const world = globalThis.worldsWithoutK6.${name};
    const console = { error: (text) => world.said.push(text), warn: (text) => world.said.push(text) };\n`;
  const { codeAsData } = (await import(new URL('../../build/codeAsData.mjs', import.meta.url).href)) as {
    codeAsData: Plugin;
  };
  const { outputFiles } = await build({
    stdin: { contents: withMetrics([path].flat()), resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'esm',
    banner: { js: prelude },
    plugins: [standIns({ ...STAND_INS, ...replaced }), codeAsData],
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)) as Module;
}

function standIns(codes: Record<string, string>): Plugin {
  return {
    name: 'stand-ins',
    setup: (bundler) => {
      bundler.onResolve({ filter: /./ }, ({ path }) =>
        Object.hasOwn(codes, path) ? { path, namespace: 'stand-in' } : undefined,
      );
      bundler.onLoad({ filter: /./, namespace: 'stand-in' }, ({ path }) => ({ contents: codes[path] ?? '' }));
    },
  };
}
