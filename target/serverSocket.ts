/** A WebSocket as the target needs it: it can be rude, and is not harmed by a peer that never reads. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

/** What a peer that never reads may leave unsent before it is cut off. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** A server's socket that can leave the peer's close frame unanswered and break off its connection. */
export class ServerSocket extends WebSocket {
  /** Asked once, when the peer's close frame has come; true leaves it unanswered and the connection open. */
  ignoresClose: () => boolean = () => false;
  /** The TCP connection below. */
  connection: Socket | undefined;

  /**
   * ws calls this with the code and reason of a peer's close frame, or with nothing if that had none. After a broken
   * frame it gives a code alone, and then nothing is to be ignored.
   */
  override close(code?: number, reason?: string | Buffer): void {
    const brokenFrame = code !== undefined && reason === undefined;
    if (this.readyState === WebSocket.OPEN && !brokenFrame && this.ignoresClose()) return;
    super.close(code, reason);
  }

  /** Closes from the server's side. */
  end(code: number, reason: string): void {
    super.close(code, reason);
  }

  /** True until one side closes or the connection is lost. */
  isOpen(): boolean {
    return this.readyState === WebSocket.OPEN && this.connection?.destroyed === false;
  }

  /** Cuts off a peer that leaves too much of what was sent unread; to be called after each sending. */
  cutOffDeaf(): void {
    if (this.bufferedAmount > MAX_UNSENT_BYTES) this.terminate();
  }

  /** Breaks the connection of an open socket with a TCP RST, without a close frame. */
  reset(): void {
    // A connection that is being shut down can't be reset: libuv refuses it and never closes the connection.
    if (this.isOpen()) this.connection?.resetAndDestroy();
  }
}
