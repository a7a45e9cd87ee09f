/**
 * One WebSocket: opened within a time limit, classified when it fails, closed without waiting.
 * Hides the traps of k6's API (k6 2.2: https://github.com/grafana/k6/issues/6351, /4598, /4770).
 */
import type { CookieJar } from 'k6/http';
import { WebSocket, type Params } from 'k6/websockets';
import { calibrate, Deadline, now } from './clock.ts';
import { reasonOfClose, reasonOfText, StepFailed, type Detail, type Reason } from '../words/failures.ts';
import { startHeartbeat, type Heartbeat, type HeartbeatListener } from '../vu/heartbeat.ts';
import { rare } from '../vu/rare.ts';
import { guarded, reportScriptError } from '../vu/scriptErrors.ts';

/** Where a socket goes. `name` stands for the URL in metrics. */
export interface SocketTarget {
  url: string;
  name: string;
  headers: Record<string, string>;
  /** Those that it offers; none when left out. */
  subprotocols?: readonly string[] | undefined;
  timeoutMs: number;
  /** Between pings; 0: none. */
  heartbeatMs: number;
  /** Its cookies; those of the VU when left out. */
  jar?: CookieJar;
}

/** What the user of a socket hears of it. */
export interface SocketListener extends HeartbeatListener {
  /** A message; `timestamp`: epoch ms when it had arrived, before it waited for the VU. */
  message: (data: string | ArrayBuffer, timestamp: number) => void;
  /** The socket ended and nobody here had closed it. */
  lost: (reason: Reason, detail: Detail) => void;
}

export interface Socket {
  /** Resolves with the connect time in ms; rejects with a StepFailed of phase `connect`. */
  readonly opened: Promise<number>;
  /** Resolves when the handshake is over, however late: a VU can't be used again before. */
  readonly handshakeOver: Promise<undefined>;
  isOpen: () => boolean;
  /** Sends a frame; false: the connection has just ended, which `lost` will tell. */
  send: (frame: string | ArrayBuffer) => boolean;
  /** Closes with 1000 and lets go of the connection at once; the listener hears nothing more. */
  close: () => void;
}

/** What k6 really hands to listeners; its types leave out some of it. */
interface SocketEvents {
  onopen: (event: { timestamp: number }) => void;
  onerror: (event: { error: string }) => void;
  onclose: (event: { code?: number; reason: string }) => void;
  onmessage: (event: { data: unknown; timestamp: number }) => void;
}

/** k6 throws at a jar that is undefined. */
function paramsOf({ headers, name, jar }: SocketTarget): Params {
  return { headers, tags: { name }, ...(jar === undefined ? {} : { jar }) };
}

/** k6 sends them, though its types say that they are ignored. */
function subprotocolsOf({ subprotocols }: SocketTarget): null {
  return (subprotocols ?? null) as null;
}

/** Starts to open a socket. */
export function openSocket(target: SocketTarget, listener: SocketListener): Socket {
  const { message, lost } = listener;
  const opening = settleable<number>();
  const handshake = settleable<undefined>();
  let state: 'connecting' | 'open' | 'given up' | 'closed' = 'connecting';
  let errorText = '';
  let heartbeat: Heartbeat | undefined;

  // The handshake goes on (closing a connecting socket can hang a VU for ever), but nobody waits for it.
  const patience = new Deadline(() => {
    state = 'given up';
    opening.reject(new StepFailed('connect', 'connect_timeout'));
  });
  const dialledAt = now();
  patience.set(dialledAt + target.timeoutMs);
  const ws = new WebSocket(target.url, subprotocolsOf(target), paramsOf(target));
  ws.binaryType = 'arraybuffer';

  const events = ws as unknown as SocketEvents;
  events.onopen = guarded(({ timestamp }) => {
    patience.lift(); // its timer stays till the close: k6 has a goroutine from the first timer of a VU to the last
    handshake.resolve(undefined);
    if (state !== 'connecting') return closeWithoutWaiting(ws);
    calibrate(timestamp);
    state = 'open';
    if (target.heartbeatMs > 0) heartbeat = startHeartbeat(ws, target.heartbeatMs, listener, frozen);
    opening.resolve(timestamp - dialledAt);
  });
  events.onerror = ({ error }) => {
    errorText = error;
  };
  events.onclose = guarded(({ code, reason }) => {
    patience.dispose();
    handshake.resolve(undefined);
    const before = state;
    state = 'closed';
    heartbeat?.stop();
    if (before === 'connecting') return opening.reject(notOpened());
    if (before === 'open' && errorText.startsWith('write ')) lost('write_failed', errorText);
    else if (before === 'open') lost(reasonOfClose(code), () => rare().closeText(code, reason));
  });
  events.onmessage = (event) => {
    if (state !== 'open') return;
    try {
      message(event.data as string | ArrayBuffer, event.timestamp);
    } catch (error) {
      reportScriptError(error);
    }
  };

  /** Of a refused handshake k6 says nothing that its class does not say. */
  function notOpened(): StepFailed {
    const reason = reasonOfText(errorText);
    return new StepFailed('connect', reason, reason === 'handshake_refused' ? '' : errorText);
  }

  /** The other side does not answer pings. */
  function frozen(): void {
    state = 'closed';
    heartbeat?.stop();
    closeWithoutWaiting(ws);
    lost('heartbeat_timeout', '');
  }

  return {
    opened: opening.promise,
    handshakeOver: handshake.promise,
    isOpen: () => state === 'open',
    send: (frame) => {
      try {
        ws.send(frame);
        return true;
      } catch {
        return false;
      }
    },
    close: () => {
      const wasOpen = state === 'open';
      state = 'closed';
      heartbeat?.stop();
      if (wasOpen) closeWithoutWaiting(ws);
    },
  };
}

interface Settleable<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: StepFailed) => void;
}

function settleable<T>(): Settleable<T> {
  const settle = {} as Settleable<T>;
  settle.promise = new Promise<T>((resolve, reject) => {
    settle.resolve = resolve;
    settle.reject = reject;
  });
  return settle;
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
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
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
