/** A real Redis server for tests: on a free port of the loopback address, without files, ended with the test. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from '../../cli/process/freePort.ts';

/** Why there is none on this machine, to skip with; false: there is. */
export function redisUnavailable(): string | false {
  const { status } = spawnSync('redis-server', ['--version']);
  return status === 0 ? false : 'no redis-server on the PATH (Debian: apt-get install redis-server)';
}

/** A server at work. */
export interface RedisAtWork {
  url: string;
  port: number;
  /** Sends a command in one line and resolves to the text of its whole answer; rejects with that of an error. */
  ask: (line: string) => Promise<string>;
  /** How often each command was called, by its name in lower case. */
  calls: () => Promise<Record<string, number>>;
  /** The names of all keys. */
  keys: () => Promise<string[]>;
  /** Ends it now, with nothing saved. */
  kill: () => void;
}

/** Starts one, with further options of `redis-server`, and resolves when it answers. */
export async function redisServer(t: TestContext, options: readonly string[] = []): Promise<RedisAtWork> {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...options,
  ];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  t.after(() => end(child));
  await ready(port, child);
  const ask = (line: string) => answerOf(port, line);
  await ask('CONFIG RESETSTAT').catch(() => undefined);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    ask,
    calls: async () => callsIn(await ask('INFO commandstats')),
    keys: async () => linesOf(await ask('KEYS *')),
    kill: () => child.kill('SIGKILL'),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  const last = Date.now() + 10_000;
  while (
    !(await answerOf(port, 'PING').then(Boolean, (error: unknown) => String(error).includes('NOAUTH')))
  ) {
    if (Date.now() > last || child.exitCode !== null) throw new Error('redis-server did not start.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An answer ends with its last line: a simple one, as many bytes as it says, or as many items. */
function answerOf(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`));
    socket.setTimeout(5000, () => socket.destroy(new Error(`redis-server did not answer ${line}.`)));
    socket.once('error', reject);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (!isWhole(text)) return;
      socket.destroy();
      if (text.startsWith('-')) reject(new Error(text.trim()));
      else resolve(text);
    });
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n');
  if (end < 0) return false;
  const [kind, count] = [text[0], Number(text.slice(1, end))];
  if (kind === '$') return count < 0 || text.length >= end + 2 + count + 2;
  return kind !== '*' || text.split('\r\n').length > 2 * Math.max(0, count) + 1;
}

function linesOf(text: string): string[] {
  return text.split('\r\n').filter((line) => line !== '' && !/^[*$]/.test(line));
}

function callsIn(info: string): Record<string, number> {
  const found = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return Object.fromEntries(found.map(([, name = '', calls]) => [name, Number(calls)]));
}
