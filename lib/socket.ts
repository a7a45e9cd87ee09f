/**
 * One WebSocket: opened within a time limit, classified when it fails, closed without waiting.
 * Hides the traps of k6's API (k6 2.2: https://github.com/grafana/k6/issues/6351, /4598, /4770).
 */
import { WebSocket } from 'k6/websockets';
import { calibrate, Deadline, now } from './clock.ts';
import { reasonOfClose, reasonOfText, StepFailed, type Reason } from './failures.ts';
import { guarded } from './scriptErrors.ts';

/** k6 2.2 lacks the constants of WebSocket.readyState. */
const OPEN = 1;

/** Where a socket goes. `name` stands for the URL in metrics. */
export interface SocketTarget {
  url: string;
  name: string;
  headers: Record<string, string>;
  timeoutMs: number;
}

/** What the user of a socket hears of it. */
export interface SocketListener {
  /** A message; `timestamp`: epoch ms when it had arrived, before it waited for the VU. Binary data is `null`. */
  message(text: string | null, timestamp: number): void;
  /** The socket ended and nobody here had closed it. */
  lost(reason: Reason): void;
}

/** What k6 really hands to listeners; its types leave out some of it. */
interface SocketEvents {
  onopen: (event: { timestamp: number }) => void;
  onerror: (event: { error: string }) => void;
  onclose: (event: { code?: number }) => void;
  onmessage: (event: { data: unknown; timestamp: number }) => void;
}

export class Socket {
  /** Resolves when the handshake is over, however late: a VU can't be used again before. */
  readonly handshakeOver: Promise<void>;
  /** Resolves with the connect time in ms; rejects with a StepFailed of phase `connect`. */
  readonly opened: Promise<number>;

  private readonly ws: WebSocket;
  private readonly deadline: Deadline;
  private readonly dialledAt = now();
  private state: 'connecting' | 'open' | 'given up' | 'closed' = 'connecting';
  private errorText = '';
  private resolveOpened: (connectMs: number) => void = () => undefined;
  private rejectOpened: (failure: StepFailed) => void = () => undefined;
  private resolveHandshakeOver: () => void = () => undefined;

  constructor(target: SocketTarget, listener: SocketListener) {
    this.opened = new Promise((resolve, reject) => {
      this.resolveOpened = resolve;
      this.rejectOpened = reject;
    });
    this.handshakeOver = new Promise((resolve) => (this.resolveHandshakeOver = resolve));
    this.deadline = new Deadline(() => this.giveUp());
    this.deadline.set(target.timeoutMs);
    this.ws = new WebSocket(target.url, null, { headers: target.headers, tags: { name: target.name } });
    this.ws.binaryType = 'arraybuffer';
    const events = this.ws as unknown as SocketEvents;
    events.onopen = guarded((event) => this.onOpen(event.timestamp));
    events.onerror = guarded((event) => (this.errorText = event.error));
    events.onclose = guarded((event) => this.onClose(event.code, listener));
    events.onmessage = guarded((event) => {
      if (this.state === 'open')
        listener.message(typeof event.data === 'string' ? event.data : null, event.timestamp);
    });
  }

  get isOpen(): boolean {
    return this.state === 'open' && this.ws.readyState === OPEN;
  }

  /** Sends a text; only while open. */
  send(text: string): void {
    this.ws.send(text);
  }

  /** Closes with 1000 and lets go of the connection at once; the listener hears nothing more. */
  close(): void {
    const wasOpen = this.isOpen;
    this.state = 'closed';
    if (wasOpen) closeWithoutWaiting(this.ws);
  }

  private onOpen(timestamp: number): void {
    this.deadline.dispose();
    this.resolveHandshakeOver();
    if (this.state !== 'connecting') {
      closeWithoutWaiting(this.ws);
      return;
    }
    calibrate(timestamp);
    this.state = 'open';
    this.resolveOpened(timestamp - this.dialledAt);
  }

  private onClose(code: number | undefined, listener: SocketListener): void {
    this.deadline.dispose();
    this.resolveHandshakeOver();
    const before = this.state;
    this.state = 'closed';
    if (before === 'connecting')
      this.rejectOpened(new StepFailed('connect', reasonOfText(this.errorText), this.errorText));
    if (before === 'open')
      listener.lost(this.errorText.startsWith('write ') ? 'write_failed' : reasonOfClose(code));
  }

  /** The handshake goes on (closing a connecting socket can hang a VU for ever), but nobody waits for it. */
  private giveUp(): void {
    this.state = 'given up';
    this.rejectOpened(new StepFailed('connect', 'connect_timeout'));
  }
}

/**
 * Sends the close frame, then ends the connection without waiting for the peer's. k6 has no limit for that wait, so
 * a peer that froze or ignores the frame would hold the VU, and with it k6, for ever (gh:4598). A message behind the
 * close frame does it: writing it fails ("close sent"), whereupon k6 closes the connection. Nothing can be sent once
 * `close` was called, but `send` asks `ArrayBuffer.isView` about a value of unknown type between its check of the
 * state and the queue, so that is where `close` is called. Should another k6 not ask, `send` throws, nothing is sent,
 * and the ordinary `close` remains.
 */
function closeWithoutWaiting(ws: WebSocket): void {
  const isView = ArrayBuffer.isView;
  const closing = (): true => {
    ws.close(1000);
    return true;
  };
  try {
    ArrayBuffer.isView = closing as unknown as typeof isView;
    ws.send([] as unknown as ArrayBuffer);
  } catch {
    ws.close(1000);
  } finally {
    ArrayBuffer.isView = isView;
  }
}
