/** Opens pages in a headless Chromium, over its DevTools protocol. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** How a page is looked at. */
export interface Look {
  width: number;
  scripts: boolean;
  scheme?: 'light' | 'dark';
}

/** What there was to see. */
export interface Sight {
  /** Errors and warnings of the console, exceptions, requests beyond the page itself. */
  problems: string[];
  /** Width of the page's content in CSS pixels. */
  contentWidth: number;
  /** PNG of the page's first 5,000 pixels. */
  screenshot: Buffer;
  /** The value of an expression in the page. */
  value: (expression: string) => Promise<unknown>;
}

/** The path of a Chromium; `undefined` when there is none. */
export function findChromium(): string | undefined {
  const names = [process.env['CHROMIUM'] ?? '', 'chromium', 'chromium-browser', 'google-chrome'];
  return names.find((name) => name !== '' && spawnSync(name, ['--version']).status === 0);
}

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

type Send = (method: string, params?: object) => Promise<Record<string, unknown>>;

/** One browser for several pages. */
export class Browser {
  private readonly child: ChildProcess;
  private readonly profile: string;
  private readonly socket: WebSocket;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.child = child;
    this.profile = profile;
    this.socket = socket;
    socket.setMaxListeners(0);
  }

  /** Rejects when the browser does not come up within 20 s. */
  static async start(path: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'crescendo-test-chromium-'));
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const flags = ['--headless', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-port=0'];
    const args = [...root, ...flags, `--user-data-dir=${profile}`, 'about:blank'];
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await debuggingAddress(child);
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Browser(child, profile, socket);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.socket.close();
    this.child.kill();
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Loads a page in a tab of its own, which stays open until the browser ends. Rejects after 20 s. */
  async look(url: string, look: Look): Promise<Sight> {
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    const tab = String(sessionId);
    const send: Send = (method, params) => this.ask(method, params, tab);
    const problems: string[] = [];
    this.listen(tab, ({ method = '', params = {} }) => problems.push(...problemsOf(method, params, url)));
    await prepare(send, look);
    const loaded = this.event(tab, 'Page.loadEventFired');
    await send('Page.navigate', { url });
    await loaded;
    const value = async (expression: string) => {
      const { result } = await send('Runtime.evaluate', {
        expression,
        returnByValue: true,
      });
      return (result as { value?: unknown }).value;
    };
    const { cssContentSize } = await send('Page.getLayoutMetrics');
    const { width, height } = cssContentSize as { width: number; height: number };
    const clip = { x: 0, y: 0, width: look.width, height: Math.min(height, 5000), scale: 1 };
    const { data } = await send('Page.captureScreenshot', { clip, captureBeyondViewport: true });
    return { problems, contentWidth: width, screenshot: Buffer.from(String(data), 'base64'), value };
  }

  /** An empty tab, for those who speak the DevTools protocol themselves; `hear` gets its events. */
  async tab(hear: (method: string, params: Record<string, unknown>) => void): Promise<{ send: Send }> {
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    const tab = String(sessionId);
    this.listen(tab, ({ method = '', params = {} }) => hear(method, params));
    return { send: (method, params) => this.ask(method, params, tab) };
  }

  private nextId = 1;

  private ask(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = this.nextId++;
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`Chromium did not answer ${method} within 20 s.`)),
        20_000,
      );
      const hear = (text: Buffer) => {
        const message = JSON.parse(text.toString()) as Message;
        if (message.id !== id) return;
        clearTimeout(late);
        this.socket.off('message', hear);
        if (message.error === undefined) resolve(message.result ?? {});
        else reject(new Error(`${method}: ${message.error.message}`));
      };
      this.socket.on('message', hear);
    });
  }

  private listen(tab: string, hear: (message: Message) => void): void {
    this.socket.on('message', (text: Buffer) => {
      const message = JSON.parse(text.toString()) as Message & { sessionId?: string };
      if (message.sessionId === tab && message.method !== undefined) hear(message);
    });
  }

  private event(tab: string, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Chromium did not say ${name} within 20 s.`)), 20_000);
      this.listen(tab, ({ method }) => {
        if (method !== name) return;
        clearTimeout(late);
        resolve();
      });
    });
  }
}

async function prepare(send: Send, { width, scripts, scheme = 'light' }: Look): Promise<void> {
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  const mobile = width < 500;
  await send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile });
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await send('Emulation.setEmulatedMedia', { features });
  await send('Emulation.setScriptExecutionDisabled', { value: !scripts });
}

function problemsOf(method: string, params: Record<string, unknown>, url: string): string[] {
  if (method === 'Network.requestWillBeSent') {
    const asked = (params['request'] as { url: string }).url;
    return asked === url || asked.startsWith('data:') ? [] : [`request to ${asked}`];
  }
  const told = ['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded'];
  return told.includes(method) ? [`${method}: ${JSON.stringify(params).slice(0, 500)}`] : [];
}

function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Chromium did not come up within 20 s:\n${text}`));
    }, 20_000);
    child.stderr?.on('data', (part: Buffer) => {
      text += part.toString();
      const [, address] = /DevTools listening on (ws:\/\/\S+)/.exec(text) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once('error', reject);
  });
}
