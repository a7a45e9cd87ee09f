/** The keys of one client of a Redis server: what each command sends for them, and what it must answer. Pure. */
import type { Command } from '../../../lib/k6/redis.ts';

/** The commands, as values of the tag `command`. */
export const COMMANDS = ['SET', 'GET', 'INCR', 'LPUSH', 'LRANGE', 'HSET', 'HGET', 'DEL'] as const;

/** One of them. */
export type CommandName = (typeof COMMANDS)[number];

/** What a client owns, by kind of value. In a cluster all keys of a client are in one slot, for its number is their tag. */
const KINDS = ['text', 'count', 'list', 'hash'] as const;

/** The keys of the client with this number. */
export function keysOf(prefix: string, client: number): string[] {
  return KINDS.map((kind) => keyOf(prefix, client, kind));
}

function keyOf(prefix: string, client: number, kind: (typeof KINDS)[number]): string {
  return `${prefix}:{${client}}:${kind}`;
}

/** Texts live so long even if nobody can remove them any more. */
const TEXT_SECONDS = 3600;
const FIELD = 'field';

/** What the server is known to hold for a client. */
export class Keys {
  private readonly prefix: string;
  private readonly client: number;
  private readonly value: string;
  private text: string | null = null;
  private count = 0;
  private pushed = 0;
  private field: string | null = null;
  /** After a command that failed nobody knows whether it was done. */
  private isKnown = true;

  /** `bytes`: the length of the values. */
  constructor(prefix: string, client: number, bytes: number) {
    this.prefix = prefix;
    this.client = client;
    this.value = `${client}.`.padEnd(bytes, 'x').slice(0, bytes);
  }

  /** What is sent. */
  command(name: CommandName): Command {
    const key = (kind: (typeof KINDS)[number]) => keyOf(this.prefix, this.client, kind);
    switch (name) {
      case 'SET':
        return [name, key('text'), this.value, 'EX', TEXT_SECONDS];
      case 'GET':
        return [name, key('text')];
      case 'INCR':
        return [name, key('count')];
      case 'LPUSH':
        return [name, key('list'), this.value];
      case 'LRANGE':
        return [name, key('list'), 0, -1];
      case 'HSET':
        return [name, key('hash'), FIELD, this.value];
      case 'HGET':
        return [name, key('hash'), FIELD];
      case 'DEL':
        return [name, ...keysOf(this.prefix, this.client)];
    }
  }

  /** The command was answered: whether by what it must be answered by. */
  answered(name: CommandName, reply: unknown): boolean {
    const wanted = this.done(name);
    if (!this.isKnown) return true;
    return Array.isArray(wanted) ? sameList(wanted, reply) : reply === wanted;
  }

  /** It failed. */
  failed(): void {
    this.isKnown = false;
  }

  /** Does it here, too; returns what the answer must be. */
  private done(name: CommandName): unknown {
    switch (name) {
      case 'SET':
        this.text = this.value;
        return 'OK';
      case 'GET':
        return this.text;
      case 'INCR':
        return ++this.count;
      case 'LPUSH':
        return ++this.pushed;
      case 'LRANGE':
        return Array.from({ length: this.pushed }, () => this.value);
      case 'HSET':
        return this.setField();
      case 'HGET':
        return this.field;
      case 'DEL':
        return this.removeAll();
    }
  }

  private setField(): number {
    const isNew = this.field === null;
    this.field = this.value;
    return isNew ? 1 : 0;
  }

  private removeAll(): number {
    const { text, count, pushed, field } = this;
    [this.text, this.count, this.pushed, this.field] = [null, 0, 0, null];
    return [text !== null, count > 0, pushed > 0, field !== null].filter(Boolean).length;
  }
}

function sameList(wanted: readonly unknown[], reply: unknown): boolean {
  return (
    Array.isArray(reply) && reply.length === wanted.length && wanted.every((item, at) => item === reply[at])
  );
}
