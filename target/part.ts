/** What the target gives to each of its parts, a system of its own each, and what it gets back. */
import type { FastifyInstance } from 'fastify';
import type { Outages } from './outage.ts';
import type { ServerSocket } from './serverSocket.ts';
import type { Upgrades } from './upgrades.ts';

/** What the parts of one running target share. */
export interface House {
  /** Takes the routes of a part. */
  app: FastifyInstance;
  /** Takes the socket paths of a part. */
  upgrades: Upgrades;
  outages: Outages;
}

/** A part at work. */
export interface RunningPart<Stats> {
  /** Returns the sockets that are open now. */
  sockets: () => ServerSocket[];
  /** Returns what it has counted so far; later counting does not change it. */
  stats: () => Stats;
}
