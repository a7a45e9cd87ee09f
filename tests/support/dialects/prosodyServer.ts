/** A real XMPP server, Prosody, with a bot in it: on a free port of the loopback address, ended with the test. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../cli/process/freePort.ts';
import { folder } from '../files.ts';
import { until } from '../until.ts';
import type { DialectServer } from './contract.ts';

const MODULES = fileURLToPath(new URL('prosody', import.meta.url));

/** Why there is none on this machine, to skip with; false: there is. */
export function prosodyUnavailable(): string | false {
  const { status } = spawnSync('prosodyctl', ['--help']);
  return status === 0 ? false : 'no prosody on the PATH (Debian: apt-get install prosody)';
}

/**
 * Everybody is a user of `localhost` with the password "open", and nobody needs one at `anonymous.localhost`. The bot is
 * `bot@bots.localhost`, and `bot` in the room `lobby@rooms.localhost`. Its answers come in one message, or in three of
 * which the last has the chat state `active`; between these it waits for the answer to its ping.
 */
export async function prosodyServer(t: TestContext, answers: 'whole' | 'in parts'): Promise<DialectServer> {
  const data = folder(t);
  const port = await freePort();
  const journal = join(data, 'journal');
  const config = join(data, 'prosody.cfg.lua');
  writeFileSync(config, configuration(data, port, journal, answers === 'in parts'));
  const child = spawn('prosody', ['--config', config, '-F'], { cwd: data, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  t.after(stop);
  const count = (letter: string): number => lettersIn(journal).split(letter).length - 1;
  await until(() => count('r') > 0 && answersHttp(port), 20, 20);
  const counts = {
    get questions() {
      return count('q');
    },
    get answers() {
      return count('a');
    },
  };
  return { url: `http://127.0.0.1:${port}`, websocketUrl: `ws://127.0.0.1:${port}`, counts, stop };
}

function lettersIn(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

async function answersHttp(port: number): Promise<boolean> {
  const reply = await fetch(`http://127.0.0.1:${port}/xmpp-websocket`).catch(() => undefined);
  return reply?.status === 200;
}

function configuration(data: string, port: number, journal: string, inParts: boolean): string {
  const path = (text: string): string => JSON.stringify(text);
  return `
run_as_root = true
data_path = ${path(data)}
pidfile = ${path(join(data, 'pid'))}
certificates = ${path(data)}
plugin_paths = { ${path(MODULES)} }
log = { info = ${path(join(data, 'prosody.log'))} }
interfaces = { "127.0.0.1" }
c2s_ports = {}
s2s_ports = {}
https_ports = {}
http_ports = { ${port} }
http_interfaces = { "127.0.0.1" }
http_default_host = "localhost"
consider_websocket_secure = true
storage = "memory"
modules_enabled = { "saslauth", "presence", "message", "iq", "ping", "websocket" }
modules_disabled = { "s2s", "offline" }
authentication = "word"

VirtualHost "localhost"

VirtualHost "anonymous.localhost"
  authentication = "anonymous"

Component "rooms.localhost" "muc"
  muc_room_locking = false

Component "bots.localhost" "answers"
  answers_room = "lobby@rooms.localhost"
  answers_file = ${path(journal)}
  answers_in_parts = ${inParts}
`;
}
