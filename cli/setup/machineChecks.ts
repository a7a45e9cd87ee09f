/** Whether this machine has files and ports for a load. */
import { readFileSync } from 'node:fs';
import { whole, counted } from '../../report/text/words.ts';
import { capture } from '../process/capture.ts';
import type { Finding } from './finding.ts';

/** A session: its socket, its VU's HTTP connection, and one that is being closed; and what k6 itself has open. */
const FILES_PER_SESSION = 3;
const FILES_OF_K6 = 100;
/** A session's socket and its VU's HTTP connection. */
const PORTS_PER_SESSION = 2;

/** Checks the limit of open files against a number of sessions. */
export async function checkFiles(sessions: number): Promise<Finding> {
  if (process.platform === 'win32')
    return { grade: 'fine', text: 'open files: not checked, for Windows has no such limit' };
  return judgeFiles(await openFilesLimit(), sessions);
}

/** How many files a process may have open; NaN: it can't be read. */
export async function openFilesLimit(): Promise<number> {
  if (process.platform === 'win32') return Infinity;
  const { stdout } = await capture('sh', ['-c', 'ulimit -n']);
  return stdout.trim() === 'unlimited' ? Infinity : Number(stdout.trim() || NaN);
}

/** `limit`: NaN when it is not known. */
export function judgeFiles(limit: number, sessions: number): Finding {
  const needed = sessions * FILES_PER_SESSION + FILES_OF_K6;
  const need = needText(sessions, needed);
  if (Number.isNaN(limit)) return { grade: 'doubtful', text: `open files: the limit can't be read; ${need}` };
  const text = `open files: ${limit === Infinity ? 'unlimited' : whole(limit)}; ${need}`;
  if (limit >= needed) return { grade: 'fine', text };
  return { grade: 'doubtful', text: `${text}. Run: ulimit -n ${Math.max(20_000, needed)}` };
}

function needText(sessions: number, needed: number): string {
  return `${counted(sessions, 'session')} ${sessions === 1 ? 'needs' : 'need'} about ${whole(needed)}`;
}

const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

/** Checks the range of local ports against a number of sessions; only Linux tells it in a file. */
export function checkPorts(sessions: number): Finding {
  if (process.platform !== 'linux') return { grade: 'fine', text: 'local ports: not checked on this system' };
  try {
    const [first = NaN, last = NaN] = readFileSync(PORT_RANGE, 'utf8').trim().split(/\s+/).map(Number);
    return judgePorts(last - first + 1, sessions);
  } catch {
    return { grade: 'doubtful', text: `local ports: ${PORT_RANGE} can't be read` };
  }
}

/** `ports`: how many the system gives out. */
export function judgePorts(ports: number, sessions: number): Finding {
  const needed = sessions * PORTS_PER_SESSION;
  const text = `local ports: ${whole(ports)}; ${needText(sessions, needed)}`;
  if (ports >= needed) return { grade: 'fine', text };
  const fix = 'Run: sysctl -w net.ipv4.ip_local_port_range="1024 65535"';
  return { grade: 'doubtful', text: `${text}.\n${fix}` };
}
