// Does the monitor see the peak, and get over times in which k6 does not answer?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { Monitor, type Moment, type MonitorSettings, type Observed } from '../cli/live/monitor.ts';
import { readBooks } from '../cli/live/liveReader.ts';
import { RestApi } from '../cli/k6/restApi.ts';
import { headlineOf } from '../lib/vocabulary/vocabulary.ts';
import { listen, listenFor } from './support/listen.ts';
import { PING_WORDS } from './support/ping.ts';

/** k6's execution states. */
const [STARTING, RUNNING, ENDED] = [4, 7, 9];

const HEADLINE = headlineOf(PING_WORDS);

/** What k6 says at one look: operations that are open, or nothing at all; memory in MB. */
type Look = { open: number; memory: number } | 'silent';

/**
 * k6's REST API. The first question for its state has no answer, then it starts, then it runs: the 3rd question is that
 * before the start, each later one that of a look.
 */
async function serve(t: TestContext, looks: readonly Look[]): Promise<RestApi> {
  let asked = 0;
  const current = () => looks[asked - 4];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    if (path === '/v1/status') asked++;
    const look = current();
    if (asked === 1 || look === 'silent') return void request.socket.destroy();
    if (path === '/v1/status') return void response.end(status(asked, looks.length));
    if (path === '/metrics') return void response.end(processText(asked, look));
    if (path !== `/v1/metrics/${HEADLINE.began.metric}`) return void response.writeHead(404).end('{}');
    const sample = look === undefined ? {} : { count: look.open };
    response.end(JSON.stringify({ data: { attributes: { sample } } }));
  };
  return new RestApi(`127.0.0.1:${await listenFor(t, createServer(answer))}`);
}

/** Nothing answers the first time, then it starts, runs for the looks, and is over. */
function status(asked: number, looks: number): string {
  const state = asked === 2 ? STARTING : asked <= 3 + looks ? RUNNING : ENDED;
  return JSON.stringify({ data: { attributes: { status: state } } });
}

function processText(asked: number, look: Exclude<Look, 'silent'> | undefined): string {
  return [
    `process_cpu_seconds_total ${asked * 0.1}`,
    `process_resident_memory_bytes ${(look?.memory ?? 1) * 1e6}`,
    'process_open_fds 20',
    'process_max_fds 1000',
    'go_sched_gomaxprocs_threads 2',
  ].join('\n');
}

interface Seen extends Observed {
  moments: Moment[];
  starts: number;
  ends: number;
}

/** Watches to the end. */
async function watch(
  t: TestContext,
  looks: readonly Look[],
  change: Partial<MonitorSettings> = {},
): Promise<Seen> {
  const moments: Moment[] = [];
  let [starts, ends] = [0, 0];
  const monitor = new Monitor({
    api: await serve(t, looks),
    view: {
      look: (moment) => {
        moments.push(moment);
        return Promise.resolve();
      },
      end: () => void (ends += 1),
    },
    headline: HEADLINE,
    onStart: () => void (starts += 1),
    ...change,
  });
  await monitor.over;
  return { ...(await monitor.stop()), moments, starts, ends };
}

describe('a run that k6 tells of', { concurrency: true }, () => {
  test('with a gap: the peak stays, the gap is told as one, and the run is watched to its end', async (t) => {
    const looks: Look[] = [
      { open: 3, memory: 50 },
      { open: 9, memory: 90 },
      'silent',
      { open: 5, memory: 70 },
    ];
    const { moments, peakConcurrent, generator, starts, ends } = await watch(t, looks);
    assert.deepEqual(
      moments.map(({ tick, answers, active, peak }) => [tick, answers, active, peak]),
      [
        [1, true, 3, 3],
        [2, true, 9, 9],
        [3, false, 0, 9],
        [4, true, 5, 9],
      ],
    );
    assert.deepEqual([peakConcurrent, starts, ends], [9, 1, 1]);
    assert.equal(generator.peakMemoryBytes, 90e6);
    // The first reading is the start; that of the third look is missing, so the next sample covers both.
    assert.deepEqual(
      generator.samples.map(({ memoryBytes, seconds }) => [memoryBytes / 1e6, Math.round(seconds)]),
      [
        [50, 1],
        [90, 1],
        [70, 2],
      ],
    );
    for (const { elapsed, tick } of moments)
      assert.equal(elapsed >= tick * 1000 - 50, true, `look ${tick} came at ${elapsed} ms`);
  });

  test('without a word of what it does: it is watched all the same', async (t) => {
    const looks: Look[] = [{ open: 3, memory: 50 }, 'silent', { open: 5, memory: 70 }];
    const { moments, peakConcurrent } = await watch(t, looks, { headline: undefined });
    assert.deepEqual(
      moments.map(({ answers, active }) => [answers, active]),
      [
        [true, 0],
        [false, 0],
        [true, 0],
      ],
    );
    assert.equal(peakConcurrent, 0);
  });

  test('of what opens something that lasts: what is there counts, not what is about to open', async (t) => {
    const headline = {
      ...HEADLINE,
      began: { metric: 'dials', word: 'dialled' },
      lasts: HEADLINE.began.metric,
    };
    const { moments, peakConcurrent } = await watch(t, [{ open: 7, memory: 1 }, 'silent'], { headline });
    assert.deepEqual([moments.map(({ active }) => active), peakConcurrent], [[7, 0], 7]);
  });

  test('that was under way already: its time counts from its own start', async (t) => {
    const { moments } = await watch(t, [{ open: 1, memory: 1 }], { alreadyMs: 60_000 });
    assert.equal((moments[0]?.elapsed ?? 0) >= 61_000 - 50, true);
  });

  test('that goes silent for longer than somebody waits: it gives up, with what it saw', async (t) => {
    const looks: Look[] = [{ open: 4, memory: 1 }, 'silent', 'silent', 'silent', { open: 8, memory: 1 }];
    const { moments, peakConcurrent, ends } = await watch(t, looks, { patience: 2 });
    assert.deepEqual([moments.length, peakConcurrent, ends], [2, 4, 1]);
  });
});

test('books of which k6 leaves out one count are none: what is open would be far too many', async (t) => {
  const sample = { count: 1000 };
  const server = createServer((request, response) => {
    if (request.url === `/v1/metrics/${HEADLINE.good.metric}`) return void request.socket.destroy();
    response.end(JSON.stringify({ data: { attributes: { sample } } }));
  });
  const api = new RestApi(`127.0.0.1:${await listenFor(t, server)}`);
  assert.equal(await readBooks(api, HEADLINE), undefined);
});

describe('a run that nobody sees', () => {
  test('is given up when nothing answers', async () => {
    const view = { look: () => Promise.reject(new Error('nothing to see')), end: () => undefined };
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const monitor = new Monitor({
      api: new RestApi(`127.0.0.1:${port}`),
      view,
      headline: HEADLINE,
      patience: 2,
    });
    await monitor.over;
    const { peakConcurrent, generator } = await monitor.stop();
    assert.deepEqual([peakConcurrent, generator.peakCpu, generator.samples], [0, null, []]);
  });
  test('ends when it is stopped before the start', async () => {
    const ended: string[] = [];
    const view = { look: () => Promise.resolve(), end: () => void ended.push('end') };
    const monitor = new Monitor({ api: new RestApi('127.0.0.1:9'), view, headline: undefined });
    const { peakConcurrent } = await monitor.stop();
    assert.deepEqual([peakConcurrent, ended], [0, ['end']]);
  });
});
