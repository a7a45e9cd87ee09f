// Do plans of rounds say who begins when, do clients of a Redis server know what must be answered, and is a slow-down what it is?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plannedVus } from '../lib/plans/load.ts';
import { kinds, laneOf, rounds } from '../lib/plans/rounds.ts';
import { PlanClock } from '../lib/vu/stages.ts';
import { reasonOfRedis } from '../lib/words/failures.ts';
import { COMMANDS, Keys, keysOf } from '../systems/assistant/redis/keys.ts';
import { contentOf, lacksAfterWrite } from '../systems/assistant/mixed/fileProtocol.ts';
import { p95, Slowdown } from '../systems/assistant/mixed/slowdown.ts';

describe('a plan of rounds', () => {
  test('has a stage for each level, in which all gather for a second', () => {
    const { stages, end, apart, falls } = rounds([20, 50, 10], { count: 2, seconds: 3, gatherSeconds: 1 });
    assert.deepEqual(
      stages.map(({ level, start, hold, end: over }) => [level, start, hold, over]),
      [
        [20, 0, 1000, 7000],
        [50, 7000, 8000, 14_000],
        [10, 14_000, 15_000, 21_000],
      ],
    );
    assert.deepEqual([end, apart, falls], [21_000, true, true]);
  });

  test('of kinds has each alone and then all together, and a VU for each', () => {
    const sizes = { tag: 'kind', values: ['file', 'redis'], sizes: [2, 3] };
    const plan = kinds(sizes, { count: 1, seconds: 1, gatherSeconds: 1 });
    assert.deepEqual(
      plan.stages.map(({ kind, level, only }) => [kind, level, only?.['kind']?.join()]),
      [
        ['file', 2, 'file'],
        ['redis', 3, 'redis'],
        ['together', 5, 'file,redis'],
      ],
    );
    assert.equal(plannedVus(plan), 2);
    const idle = (rank: number) =>
      [0, 2000, 4000].map((time) => new PlanClock(plan, 0, rank).idle(time) === 0);
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((rank) => [laneOf(sizes, rank).kind, laneOf(sizes, rank).place, idle(rank)]),
      [
        ['file', 1, [true, false, true]],
        ['redis', 1, [false, true, true]],
        ['file', 2, [true, false, true]],
        ['redis', 2, [false, true, true]],
        ['file', 3, [false, false, false]],
        ['redis', 3, [false, true, true]],
      ],
    );
  });
});

describe('the keys of a client', () => {
  const right: [(typeof COMMANDS)[number], unknown][] = [
    ['GET', null],
    ['SET', 'OK'],
    ['GET', '7.xxx'],
    ['INCR', 1],
    ['INCR', 2],
    ['LPUSH', 1],
    ['LPUSH', 2],
    ['LRANGE', ['7.xxx', '7.xxx']],
    ['HGET', null],
    ['HSET', 1],
    ['HSET', 0],
    ['HGET', '7.xxx'],
    ['DEL', 4],
    ['LRANGE', []],
    ['DEL', 0],
    ['INCR', 1],
    ['DEL', 1],
  ];

  test('know what each command must be answered', () => {
    const keys = new Keys('p', 7, 5);
    for (const [command, reply] of right)
      assert.equal(keys.answered(command, reply), true, `${command} ${JSON.stringify(reply)}`);
  });

  test('and what it must not', () => {
    for (const [place, [command, reply]] of right.entries())
      for (const wrong of ['6.xxx', 99, null, ['7.xxx'], undefined]) {
        const keys = new Keys('p', 7, 5);
        for (const [earlier, answer] of right.slice(0, place)) keys.answered(earlier, answer);
        const isRight = JSON.stringify(wrong) === JSON.stringify(reply);
        assert.equal(keys.answered(command, wrong), isRight, `${command} ${JSON.stringify(wrong)}`);
      }
  });

  test('judge nothing any more behind a command that failed', () => {
    const keys = new Keys('p', 7, 5);
    keys.failed();
    assert.equal(keys.answered('GET', 'whatever'), true);
  });

  test('are all those that are removed at the end, in one slot of a cluster', () => {
    const keys = new Keys('p', 7, 5);
    const used = new Set(
      COMMANDS.flatMap((command) => keys.command(command).filter((part) => /:/.test(String(part)))),
    );
    assert.deepEqual([...used].sort(), keysOf('p', 7).sort());
    assert.ok(keysOf('p', 7).every((key) => key.includes('{7}')));
  });
});

test('what Redis answers has a class by its code, what the network says by its text', () => {
  const classes = {
    'NOAUTH Authentication required.': 'redis_noauth',
    'WRONGPASS invalid username-password pair or user is disabled.': 'redis_wrongpass',
    'MOVED 3999 127.0.0.1:6381': 'redis_moved',
    'ASK 3999 127.0.0.1:6381': 'redis_moved',
    "OOM command not allowed when used memory > 'maxmemory'.": 'redis_oom',
    'LOADING Redis is loading the dataset in memory': 'redis_loading',
    "READONLY You can't write against a read only replica.": 'redis_readonly',
    'WRONGTYPE Operation against a key holding the wrong kind of value': 'redis_error',
    "ERR unknown command 'X'": 'redis_error',
    'dial tcp 127.0.0.1:1: connect: connection refused': 'refused',
    'read tcp 127.0.0.1:5->127.0.0.1:6: i/o timeout': 'request_timeout',
    EOF: 'no_reply',
    'tls: first record does not look like a TLS handshake': 'tls',
  };
  for (const [text, reason] of Object.entries(classes)) assert.equal(reasonOfRedis(text), reason, text);
});

describe('a slow-down', () => {
  test('takes the p95 between two values, as k6 does', () => {
    assert.equal(p95([5]), 5);
    assert.equal(p95([0, 10]), 9.5);
    assert.equal(p95(Array.from({ length: 101 }, (_, index) => 100 - index)), 95);
  });

  const told: [string, number][] = [];
  const adds = {
    slowdown: (value: number) => told.push(['slowdown', value]),
    compared: (value: number) => told.push(['compared', value]),
  };
  const stage = (slowdown: Slowdown, isAlone: boolean, ...latencies: number[][]) => {
    const takes = latencies.map(() => slowdown.visit(isAlone));
    latencies.forEach((list, index) => list.forEach((value) => takes[index]?.(value)));
    latencies.forEach(() => slowdown.end());
  };

  test('is told once, when the last client of the stage together has ended', () => {
    told.length = 0;
    const slowdown = new Slowdown(adds, 10);
    stage(slowdown, true, [20, 20], [20]);
    assert.deepEqual(told, []);
    stage(slowdown, false, [50], [50, 50, 50]);
    assert.deepEqual(told, [
      ['slowdown', 2.5],
      ['compared', 4],
    ]);
  });

  test('makes no multiples of times that are shorter than the least', () => {
    told.length = 0;
    const slowdown = new Slowdown(adds, 10);
    stage(slowdown, true, [1]);
    stage(slowdown, false, [8]);
    assert.deepEqual(told[0], ['slowdown', 1]);
  });

  test('is not told where one of both has no times', () => {
    told.length = 0;
    stage(new Slowdown(adds, 10), false, [8]);
    const slowdown = new Slowdown(adds, 10);
    stage(slowdown, true, [1]);
    stage(slowdown, false, []);
    assert.deepEqual(told, []);
  });
});

test('the content of each file operation is another one, of the same length', () => {
  const contents = [1, 2, 10].map((number) => contentOf(number, 20));
  assert.deepEqual(
    contents.map(({ length }) => length),
    [20, 20, 20],
  );
  assert.equal(new Set(contents).size, 3);
  assert.equal(lacksAfterWrite({ name: 'a', size: 20 }, 'a', contents[0] ?? ''), undefined);
  assert.equal(lacksAfterWrite({ name: 'b', size: 20 }, 'a', contents[0] ?? ''), 'name');
  assert.equal(lacksAfterWrite({ name: 'a', size: 19 }, 'a', contents[0] ?? ''), 'size');
  assert.equal(lacksAfterWrite(undefined, 'a', ''), 'name');
});
