/** The reference target in a process of its own, so that it takes no time from the command. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { InputError, type Environment } from '../../lib/words/settings.ts';
import type { Stats } from '../../target/stats.ts';
import type { Section, Setting } from '../../lib/words/sections.ts';
import { addressesIn, wantsReferenceTarget, type Variables } from './environment.ts';

const STOP_MS = 5000;

/** What the child process tells its parent. */
export type TargetMessage = { url: string; websocketUrl: string } | { problem: string } | { stats: Stats };

/** Adds a random key where none is set: client and target of one run share it. */
export function withReferenceKey(variables: Environment): Variables {
  return {
    ...variables,
    ENCRYPTION_KEY: variables['ENCRYPTION_KEY']?.trim() || randomBytes(32).toString('hex'),
  };
}

/** A reference target at work. */
export interface ReferenceTarget {
  /** The settings that lead a script to it. */
  addresses: Record<string, string>;
  /** Ends it; resolves to what it has seen, or to `undefined` when it did not say. */
  stop(): Promise<Stats | undefined>;
}

/** The target of a run: where it is, and whether it is ours. */
interface OpenTarget {
  /** The settings, with those that lead to it. */
  variables: Variables;
  /** The caller's to stop. */
  reference: ReferenceTarget | undefined;
}

/** Starts the reference target where the settings of these sections name no other. Throws an InputError when it can't. */
export async function openTarget(variables: Variables, sections: readonly Section[]): Promise<OpenTarget> {
  if (!wantsReferenceTarget(variables, sections)) return { variables, reference: undefined };
  const reference = await startReferenceTarget(variables, sections);
  return { variables: { ...variables, ...reference.addresses }, reference };
}

/**
 * Starts `crescendo target` as a child that ends when this process does. Key and mode go by environment.
 * Throws an InputError when it can't start.
 */
async function startReferenceTarget(
  variables: Environment,
  sections: readonly Section[],
): Promise<ReferenceTarget> {
  const child = fork(process.argv[1] ?? '', ['target', '--embedded', '--port', '0'], {
    env: { ...variables },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const first = await nextMessage(child);
  if (first === undefined || !('url' in first)) {
    child.kill();
    const reason = first !== undefined && 'problem' in first ? first.problem : 'it ended at once';
    throw new InputError([`The reference target did not start: ${reason}`]);
  }
  const bases = { http: first.url, ws: first.websocketUrl, redis: '' };
  const below = addressesIn(sections).flatMap(({ env, ofTarget }) =>
    ofTarget === undefined ? [] : [[env, addressFor(ofTarget, bases[ofTarget.by])] as const],
  );
  const addresses = {
    ...Object.fromEntries(below),
    OUTAGE_URL: variables['OUTAGE_URL']?.trim() || `${first.url}/outage`,
  };
  return { addresses, stop: () => stop(child) };
}

function addressFor({ path = '', names }: NonNullable<Setting['ofTarget']>, base: string): string {
  const address = base + path;
  return names === undefined ? address : names.map((name) => `${name}=${address}`).join(',');
}

function nextMessage(child: ChildProcess): Promise<TargetMessage | undefined> {
  return new Promise((resolve) => {
    child.once('message', (message: TargetMessage) => resolve(message));
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
  });
}

async function stop(child: ChildProcess): Promise<Stats | undefined> {
  if (!child.connected) return undefined;
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  const last = nextMessage(child);
  child.send('stop');
  const message = await last;
  clearTimeout(late);
  return message !== undefined && 'stats' in message ? message.stats : undefined;
}
