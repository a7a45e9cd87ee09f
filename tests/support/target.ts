/** The reference target for tests, and the settings with which k6 finds it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTarget, type Target } from '../../target/server.ts';
import { DEFAULT_SETTINGS, type TargetSettings } from '../../target/settings.ts';
import type { Stats } from '../../target/stats.ts';

/** Answers in a few milliseconds. */
const QUICK: Partial<TargetSettings> = { port: 0, firstChunkMs: 5, gapMs: 1, chunks: 3 };

/** Starts a quick target in this process; it is closed when the test ends. */
export async function quickTarget(t: TestContext, settings: Partial<TargetSettings> = {}): Promise<Target> {
  const target = await startTarget({ ...QUICK, ...settings });
  t.after(() => target.close());
  return target;
}

/** Settings of k6 for a target with the default key. */
export function settingsFor(target: { url: string; websocketUrl: string }): Record<string, string> {
  return {
    API_BASE_URL: target.url,
    WEBSOCKET_BASE_URL: target.websocketUrl,
    ENCRYPTION_KEY: DEFAULT_SETTINGS.key,
  };
}

/** A target in a process of its own. */
export interface TargetProcess {
  url: string;
  websocketUrl: string;
  pid: number;
}

/** Starts a quick target in its own process; it is killed when the test ends. */
export async function targetProcess(
  t: TestContext,
  settings: Partial<TargetSettings> = {},
): Promise<TargetProcess> {
  const file = fileURLToPath(new URL('serve.ts', import.meta.url));
  const args = ['--import', 'tsx', file, JSON.stringify({ ...QUICK, ...settings })];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout))
    return { ...(JSON.parse(line) as { url: string; websocketUrl: string }), pid: child.pid ?? NaN };
  throw new Error('The target process ended before it listened.');
}

/** Resolves when the target's stats are as wished; rejects when they are not after 20 s. */
export async function untilStats(target: { url: string }, wished: (stats: Stats) => boolean): Promise<void> {
  const last = Date.now() + 20_000;
  for (;;) {
    const reply = await fetch(`${target.url}/stats`);
    const stats = (await reply.json()) as Stats;
    if (wished(stats)) return;
    if (Date.now() > last) throw new Error(`The target's stats never came to that: ${JSON.stringify(stats)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Lets the target fail, as `POST /outage` has it. */
export async function startOutage(target: { url: string }, outage: Record<string, unknown>): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${target.url}/outage`, {
    method: 'POST',
    headers,
    body: JSON.stringify(outage),
  });
  if (!reply.ok) throw new Error(`The target refused the outage: ${await reply.text()}`);
}
