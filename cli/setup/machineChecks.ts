/** Whether this machine has files, ports and memory for runs, and how to give it more. */
import { readFileSync } from 'node:fs';
import { highestLevel } from '../../lib/plans/load.ts';
import { countedAs } from '../../lib/words/plural.ts';
import type { Section } from '../../lib/words/sections.ts';
import { bytes as bytesText, whole } from '../../report/text/words.ts';
import { freeBytes } from '../k6/garbageCollector.ts';
import type { Inspected } from '../k6/k6Inspect.ts';
import { capture } from '../process/capture.ts';
import { addressesIn } from './environment.ts';
import type { Finding } from './finding.ts';

/** What a run takes of the machine that makes it. */
export interface Needs {
  /** Whose: "ramp (500 sessions)". */
  what: string;
  files: number;
  ports: number;
  bytes: number;
}

/** What k6 itself has open, and its memory without VUs. */
const FILES_OF_K6 = 100;
const BYTES_OF_K6 = 100e6;
/** Of so many sockets one is open twice for a moment: the one before it is being closed. */
const SOCKETS_PER_CLOSING = 10;
/** Of a VU that makes HTTP requests: its own, and one that is being opened or closed. */
const HTTP_PER_VU = 2;
/** As measured with `npm run bench:sockets`, the garbage of a collector with room included; see docs/cost.md. */
const BYTES_PER_VU = 800e3;
const BYTES_PER_SOCKET = 190e3;

/** What a script's plan needs; whether it opens sockets and makes requests its addresses among these sections say. */
export function needsOf(
  script: string,
  { plan, vocabulary, vus }: Inspected,
  sections: readonly Section[],
): Needs {
  const uses = (by: 'ws' | 'http') => addressesIn(sections).some(({ ofTarget }) => ofTarget?.by === by);
  const atATime = plan.perVu === undefined ? vus : highestLevel(plan);
  const sockets = uses('ws') ? atATime : 0;
  const connections =
    sockets + Math.ceil(sockets / SOCKETS_PER_CLOSING) + (uses('http') ? vus * HTTP_PER_VU : 0);
  return {
    what: `${script} (${countedAs(highestLevel(plan), vocabulary.level)})`,
    files: connections + FILES_OF_K6,
    ports: connections,
    bytes: BYTES_OF_K6 + vus * BYTES_PER_VU + sockets * BYTES_PER_SOCKET,
  };
}

/** What this machine gives a process; NaN: that is not known. */
export interface Machine {
  platform: NodeJS.Platform;
  files: number;
  ports: number;
  bytes: number;
}

/** Reads the limits of this machine. */
export async function thisMachine(): Promise<Machine> {
  const { platform } = process;
  const [files, ports] = await Promise.all([openFilesLimit(platform), localPorts(platform)]);
  return { platform, files, ports, bytes: freeBytes() };
}

/** Judges it by what several runs need, of which each is made alone; a finding for each limit. */
export function judgeMachine(machine: Machine, needs: readonly Needs[]): Finding[] {
  const { platform } = machine;
  return [
    judge('open files', machine.files, needs, ({ files }) => files, whole, MORE_FILES(platform)),
    judge('local ports', machine.ports, needs, ({ ports }) => ports, whole, MORE_PORTS(platform)),
    judge(
      'free memory',
      machine.bytes,
      needs,
      ({ bytes }) => bytes,
      bytesText,
      () => MORE_MEMORY,
    ),
  ];
}

type Remedy = (needed: number) => string;

function judge(
  what: string,
  limit: number,
  needs: readonly Needs[],
  needed: (needs: Needs) => number,
  text: (amount: number) => string,
  remedy: Remedy,
): Finding {
  const most = [...needs].sort((a, b) => needed(b) - needed(a))[0];
  if (most === undefined) return { grade: 'fine', text: `${what}: nothing needs any` };
  const need = `${most.what} needs about ${text(needed(most))}`;
  if (Number.isNaN(limit)) return { grade: 'doubtful', text: `${what}: the limit can't be read; ${need}` };
  const has = `${what}: ${limit === Infinity ? 'unlimited' : text(limit)}`;
  if (limit >= needed(most)) return { grade: 'fine', text: `${has}; ${need}` };
  const short = needs.filter((each) => needed(each) > limit).map((each) => each.what);
  const others = short.length === 1 ? '' : `, and too few for ${short.length} scripts in all`;
  return { grade: 'doubtful', text: `${has}; ${need}${others}.\n${remedy(needed(most))}` };
}

const LEAST_FILES = 20_000;

const MORE_FILES =
  (platform: NodeJS.Platform): Remedy =>
  (needed) => {
    const files = Math.max(LEAST_FILES, Math.ceil(needed / 1000) * 1000);
    return platform === 'darwin'
      ? `Run: sudo sysctl -w kern.maxfilesperproc=${files} && ulimit -n ${files}`
      : `Run: sudo prlimit --pid $$ --nofile=${files}:${files} (for good: nofile in /etc/security/limits.conf)`;
  };

/** Below are ports of services. */
const FIRST_PORT = 1024;
const MOST_PORTS = 65_536 - FIRST_PORT;

const MORE_PORTS =
  (platform: NodeJS.Platform): Remedy =>
  (needed) => {
    if (needed > MOST_PORTS)
      return `No address has more than ${whole(MOST_PORTS)}: give k6 several with --local-ips, or use more machines`;
    return platform === 'darwin'
      ? `Run: sudo sysctl -w net.inet.ip.portrange.first=${FIRST_PORT}`
      : `Run: sudo sysctl -w net.ipv4.ip_local_port_range="${FIRST_PORT} 65535"`;
  };

const MORE_MEMORY =
  'End other programs, put several connections in a VU (CONNECTIONS_PER_VU=50) where the script has that, or use a larger machine';

/** How many files a program like k6 may have open, which raises its own limit to the hard one; NaN: it can't be read. */
export async function openFilesLimit(platform: NodeJS.Platform = process.platform): Promise<number> {
  if (platform === 'win32') return Infinity;
  const hard = limitIn(await said('sh', ['-c', 'ulimit -H -n']));
  return platform === 'darwin'
    ? Math.min(hard, limitIn(await said('sysctl', ['-n', 'kern.maxfilesperproc'])))
    : hard;
}

/** Reads a number, or "unlimited". */
function limitIn(text: string): number {
  return text === 'unlimited' ? Infinity : Number(text || NaN);
}

const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
const MAC_RANGE = ['net.inet.ip.portrange.first', 'net.inet.ip.portrange.last'];

async function localPorts(platform: NodeJS.Platform): Promise<number> {
  const range = platform === 'darwin' ? await said('sysctl', ['-n', ...MAC_RANGE]) : rangeText(platform);
  if (range === undefined) return Infinity;
  const [first = NaN, last = NaN] = range.split(/\s+/).map(Number);
  return last - first + 1;
}

/** `undefined`: nobody says it here. */
function rangeText(platform: NodeJS.Platform): string | undefined {
  if (platform !== 'linux') return undefined;
  try {
    return readFileSync(PORT_RANGE, 'utf8').trim();
  } catch {
    return '';
  }
}

async function said(command: string, args: string[]): Promise<string> {
  const { stdout } = await capture(command, args);
  return stdout.trim();
}
