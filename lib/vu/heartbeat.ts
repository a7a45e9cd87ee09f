/** Pings on an open socket, and whether their pongs come. */
import type { WebSocket } from 'k6/websockets';
import { Deadline, now } from '../k6/clock.ts';
import { guarded } from './scriptErrors.ts';

/** The pings of one socket. */
export interface Heartbeat {
  /** Ends them, so that the iteration can end; nothing is called back any more. */
  stop: () => void;
}

/** k6 has it; its types have only `addEventListener`, which can't be undone. */
interface PongEvents {
  onpong: (event: { timestamp: number }) => void;
}

/** What comes of pings. */
export interface HeartbeatListener {
  /** A ping was sent. */
  pinged: () => void;
  /** Its pong came after so many milliseconds. */
  ponged: (latencyMs: number) => void;
}

/**
 * Pings an open socket every `everyMs`. `missed`, called once: no pong had come when the next ping was due. k6 stamps a
 * pong when the VU gets to it, not when it arrives.
 */
export function startHeartbeat(
  ws: WebSocket,
  everyMs: number,
  { pinged, ponged }: HeartbeatListener,
  missed: () => void,
): Heartbeat {
  /** When the ping was sent that waits for its pong; 0: none does. */
  let pingedAt = 0;
  const next = new Deadline(beat);

  function beat(): void {
    if (pingedAt > 0) return missed();
    pingedAt = now();
    next.set(pingedAt + everyMs);
    ws.ping();
    pinged();
  }

  (ws as unknown as PongEvents).onpong = guarded(({ timestamp }) => {
    if (pingedAt === 0) return;
    ponged(timestamp - pingedAt);
    pingedAt = 0;
  });
  next.set(now() + everyMs);

  function stop(): void {
    pingedAt = 0;
    next.dispose();
  }
  return { stop };
}
