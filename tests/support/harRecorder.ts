/** Records a visit as the developer tools of a browser do: calls with their replies, sockets with their messages. */
import type { Browser } from './chromium.ts';

interface Entry {
  startedDateTime: string;
  _resourceType: string;
  request: Record<string, unknown>;
  response: Record<string, unknown>;
  _webSocketMessages?: { type: string; time: number; opcode: number; data: string }[];
}

type Params = Record<string, unknown>;
interface Request {
  url: string;
  method: string;
  headers: Record<string, string>;
  postData?: string;
}
interface Response {
  status: number;
  headers: Record<string, string>;
}

const pairs = (headers: Record<string, string> = {}) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

/** Loads a page, waits until its `document.title` is "done", and returns the HAR. Rejects after 20 s. */
export async function recordVisit(browser: Browser, url: string): Promise<object> {
  const recorder = new Recorder();
  const tab = await browser.tab((method, params) => recorder.hear(method, params));
  for (const domain of ['Page', 'Runtime', 'Network']) await tab.send(`${domain}.enable`);
  await tab.send('Page.navigate', { url });
  const expression = `new Promise((resolve) => {
    const look = () => (document.title === 'done' ? resolve(true) : setTimeout(look, 20));
    look();
  })`;
  await tab.send('Runtime.evaluate', { expression, awaitPromise: true });
  const bodies = new Map<string, { body: string; base64Encoded: boolean }>();
  for (const id of recorder.finished)
    bodies.set(id, (await tab.send('Network.getResponseBody', { requestId: id })) as never);
  return recorder.har(bodies);
}

class Recorder {
  readonly finished: string[] = [];
  private readonly entries = new Map<string, Entry>();
  /** What is to be added to the browser's own clock for epoch seconds. */
  private offset = 0;

  hear(method: string, params: Params): void {
    const id = String(params['requestId']);
    const entry = this.entries.get(id);
    if (method === 'Network.requestWillBeSent') this.call(id, params);
    else if (method === 'Network.webSocketCreated') this.socket(id, String(params['url']));
    else if (entry === undefined) return;
    else if (method === 'Network.responseReceived')
      entry.response = responseOf(params['response'] as Response);
    else if (method === 'Network.loadingFinished') this.finished.push(id);
    else if (method === 'Network.webSocketWillSendHandshakeRequest') this.handshake(entry, params);
    else if (method === 'Network.webSocketHandshakeResponseReceived')
      entry.response = responseOf(params['response'] as Response);
    else if (method === 'Network.webSocketFrameSent') this.frame(entry, 'send', params);
    else if (method === 'Network.webSocketFrameReceived') this.frame(entry, 'receive', params);
  }

  private call(id: string, params: Params): void {
    const { url, method, headers, postData } = params['request'] as Request;
    this.offset = Number(params['wallTime']) - Number(params['timestamp']);
    this.entries.set(id, {
      startedDateTime: new Date(Number(params['wallTime']) * 1000).toISOString(),
      _resourceType: String(params['type']).toLowerCase(),
      request: {
        ...{ url, method, headers: pairs(headers) },
        ...(postData === undefined ? {} : { postData: { mimeType: '', text: postData } }),
      },
      response: { status: 0, headers: [], content: {} },
    });
  }

  private socket(id: string, url: string): void {
    this.entries.set(id, {
      startedDateTime: '',
      _resourceType: 'websocket',
      request: { url, method: 'GET', headers: [] },
      response: { status: 0, headers: [] },
      _webSocketMessages: [],
    });
  }

  private handshake(entry: Entry, params: Params): void {
    entry.startedDateTime = new Date(Number(params['wallTime']) * 1000).toISOString();
    entry.request['headers'] = pairs((params['request'] as Request).headers);
  }

  private frame(entry: Entry, type: string, params: Params): void {
    const { opcode, payloadData } = params['response'] as { opcode: number; payloadData: string };
    const time = Number(params['timestamp']) + this.offset;
    entry._webSocketMessages?.push({ type, time, opcode, data: payloadData });
  }

  har(bodies: ReadonlyMap<string, { body: string; base64Encoded: boolean }>): object {
    const entries = [...this.entries].map(([id, entry]) => {
      const found = bodies.get(id);
      const content = found && { text: found.body, ...(found.base64Encoded && { encoding: 'base64' }) };
      return { ...entry, response: { ...entry.response, content: content ?? {} } };
    });
    return { log: { version: '1.2', creator: { name: 'WebInspector', version: '537.36' }, entries } };
  }
}

function responseOf({ status, headers }: Response): Record<string, unknown> {
  return { status, headers: pairs(headers) };
}
