/** What clients of `/ws` publish, between the part that has the sockets and the part that hands it on. */
import type { ServerSocket } from './serverSocket.ts';

/** A client on an open socket. */
export interface Listener {
  readonly socket: ServerSocket;
  /** Hands over a frame; false if the socket is closed. */
  deliver(frame: string): boolean;
}

/** Hands on what clients publish, and has a say in which sockets are there. */
export interface Broadcaster {
  /** Called for each upgrade that no outage refuses; returns the HTTP status that refuses it, if any. */
  refusal(): number | undefined;
  /** Called when a socket has opened. */
  opened(listener: Listener): void;
  /** Called for each subscription, before its ack. */
  subscribed(listener: Listener): void;
  /** Called for each message; `subscribers` are those of its channel, `frame` is what the publisher sent. */
  published(frame: string, subscribers: ReadonlySet<Listener>): void;
  /** Called when a socket has closed. */
  closed(listener: Listener): void;
}
