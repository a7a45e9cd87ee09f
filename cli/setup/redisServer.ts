/** A Redis server of this run's own, where a script needs one and no setting names it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { settingsIn, type Section } from '../../lib/words/sections.ts';
import { InputError } from '../../lib/words/settings.ts';
import { programsOnPath } from '../k6/k6Binary.ts';
import { freePort } from '../process/freePort.ts';
import { stopTree } from '../process/interrupt.ts';
import type { Variables } from './environment.ts';

/** A server at work. */
export interface RedisServer {
  /** The settings that lead a script to it. */
  addresses: Record<string, string>;
  /** Ends it; what it held is gone. */
  stop(): Promise<void>;
}

const START_MS = 10_000;
const STOP_MS = 5000;

/** Starts one where these sections have an address of Redis that is not set. Throws an InputError when it can't. */
export async function openRedis(
  variables: Variables,
  sections: readonly Section[],
): Promise<RedisServer | undefined> {
  const setting = settingsIn(sections).find(({ ofTarget }) => ofTarget?.by === 'redis');
  if (setting === undefined || variables[setting.env]?.trim()) return undefined;
  const [program] = programsOnPath('redis-server', variables);
  if (program === undefined)
    throw new InputError([
      `${setting.env} is not set, and there is no redis-server on the PATH that could be started instead. Install one (on Debian: apt-get install redis-server), or set it, for example -e ${setting.env}=redis://127.0.0.1:6379.`,
    ]);
  const port = await freePort();
  const child = started(program, port);
  if (!(await isReady(child, port))) {
    stopTree(child);
    throw new InputError([
      `${program} did not start on port ${port}. Start a Redis server yourself, and set ${setting.env} to its address.`,
    ]);
  }
  return { addresses: { [setting.env]: `redis://127.0.0.1:${port}` }, stop: () => ended(child) };
}

/** The server ends when this process does, however that ends: its shell waits for the end of its input. */
const UNTIL_INPUT_ENDS = '"$0" "$@" >/dev/null 2>&1 & cat >/dev/null; kill $!; wait';

/** It listens on the loopback address only and writes nothing to disk. */
function started(program: string, port: number): ChildProcess {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const args = ['-c', UNTIL_INPUT_ENDS, program, ...options, '--dir', tmpdir(), '--daemonize', 'no'];
  return spawn('sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

async function isReady(child: ChildProcess, port: number): Promise<boolean> {
  const until = Date.now() + START_MS;
  while (Date.now() < until && child.exitCode === null) {
    if (await answers(port)) return true;
    await sleep(50);
  }
  return false;
}

/** Whether what listens there answers a PING. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  const late = setTimeout(() => stopTree(child), STOP_MS);
  const isOver = once(child, 'exit');
  child.stdin?.end();
  await isOver;
  clearTimeout(late);
}
