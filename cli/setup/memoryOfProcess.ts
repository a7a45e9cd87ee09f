/** `MEMORY_PID`: the memory of a process of this machine at an address, for a target that has none that tells it. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { readConfig } from '../../lib/before/config.ts';
import { MEMORY_PROCESS } from '../../lib/before/settings/memory.ts';
import { settingsIn, type Section } from '../../lib/words/sections.ts';
import { InputError } from '../../lib/words/settings.ts';
import { memoryOf } from '../process/processMemory.ts';
import type { Variables } from './environment.ts';

const { memoryPid } = MEMORY_PROCESS.settings;
const MEMORY_URL = 'MEMORY_URL';

/** Where the memory of a process is told. */
export interface ServedMemory {
  /** The settings that lead a script to it. */
  addresses: Variables;
  /** Ends it; it does not keep this process alive. */
  stop(): void;
}

/** Variables as if it were told already, for whoever only asks what a run is going to be. */
export function withAddressOfProcess(variables: Variables): Variables {
  return variables[memoryPid.env]?.trim() ? withMemoryAddress(variables) : variables;
}

/** Variables with some address of the memory where none is set, for whoever makes no run. */
export function withMemoryAddress(variables: Variables): Variables {
  return variables[MEMORY_URL]?.trim() ? variables : { ...variables, [MEMORY_URL]: 'http://127.0.0.1' };
}

/**
 * Tells it on a loopback port from now on; `undefined` where no process is named, or a system with these sections does not
 * ask for one. Throws an InputError when there is no such process, or an address is named, too.
 */
export async function serveMemory(
  variables: Variables,
  sections: readonly Section[],
): Promise<ServedMemory | undefined> {
  const text = variables[memoryPid.env]?.trim();
  if (!text || !settingsIn(sections).includes(memoryPid)) return undefined;
  readConfig(variables, [MEMORY_PROCESS]);
  refuseTwo(variables);
  const pid = Number(text);
  await refuseNone(pid);
  const server = await listening(createServer((_request, response) => void tell(pid, response)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { addresses: { [MEMORY_URL]: `http://127.0.0.1:${port}` }, stop: () => end(server) };
}

function refuseTwo(variables: Variables): void {
  if (!variables[MEMORY_URL]?.trim()) return;
  throw new InputError([`${memoryPid.env} and ${MEMORY_URL} are both set: unset the one that is not meant.`]);
}

async function refuseNone(pid: number): Promise<void> {
  if ((await memoryOf(pid)) !== undefined) return;
  throw new InputError([
    `${memoryPid.env} is ${pid}, but there is no such process on this machine, or its memory can't be read: give the number of the process of your back end.`,
  ]);
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.unref();
}

async function tell(pid: number, response: ServerResponse): Promise<void> {
  const memory = await memoryOf(pid);
  const [status, body] =
    memory === undefined ? [404, { error: `There is no process ${pid}.` }] : [200, memory];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function end(server: Server): void {
  server.close();
  server.closeAllConnections();
}
