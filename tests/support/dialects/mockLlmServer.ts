/** npm's `@dwmkerr/mock-llm`, which answers chat completions by saying the question again, behind a proxy that counts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../../cli/process/freePort.ts';
import { until } from '../until.ts';
import { modelProxy, type Harms, type ModelProxy } from './modelProxy.ts';
import { npmServer, npmServerUnavailable } from './npmServer.ts';
import { startProgram } from './program.ts';

/** The key that the proxy wants. */
export const KEY = 'sk-open-sesame-0123456789';

/** Why there is none on this machine, to skip with; false: there is. */
export function mockLlmUnavailable(): Promise<string | false> {
  return npmServerUnavailable('mock-llm');
}

/** Answers in chunks of 20 characters, 2 ms apart; whole where no stream is asked for. */
const CONFIG = {
  streaming: { chunkSize: 20, chunkIntervalMs: 2 },
  rules: [
    {
      path: '/v1/chat/completions',
      method: 'POST',
      response: {
        status: 200,
        content:
          '{"id": "chatcmpl-1", "object": "chat.completion", "model": "{{jmes request body.model}}", ' +
          '"choices": [{"index": 0, "message": {{jmes request body.messages[-1]}}, "finish_reason": "stop"}]}',
      },
    },
  ],
};

/** Starts one, and its proxy; both end with the test. */
export async function mockLlmServer(t: TestContext, harms?: Harms): Promise<ModelProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-mock-llm-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mock-llm.yaml');
  writeFileSync(config, JSON.stringify(CONFIG));
  const port = await freePort();
  const main = join(npmServer('mock-llm'), 'node_modules', '@dwmkerr', 'mock-llm', 'dist', 'main.js');
  const environment = { ...process.env, HOST: '127.0.0.1', PORT: String(port) };
  const program = startProgram(t, process.execPath, [main, '--config', config], environment);
  await until(() => {
    program.requireRunning();
    return isReady(port);
  }, 20);
  return modelProxy(t, port, KEY, harms);
}

function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
