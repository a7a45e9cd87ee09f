/** Answers that refuse a request, each with its reason in a sentence. */
import type { FastifyReply } from 'fastify';
import { retryAfterOf } from './retryAfter.ts';

/** Refuses because of an outage; `retryAfter` is the setting of that name. */
export function refuseForOutage(reply: FastifyReply, status: number, retryAfter: number): void {
  refuse(reply, status, retryAfter, 'This is an outage, asked for by POST /outage.');
}

/** Refuses because of the fault of that name. */
export function refuseForFault(reply: FastifyReply, fault: string, status: number, retryAfter: number): void {
  refuse(reply, status, retryAfter, `This is the fault ${fault}, asked for at the start.`);
}

function refuse(reply: FastifyReply, status: number, setting: number, error: string): void {
  const retryAfter = retryAfterOf(status, setting);
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  void reply.code(status).send({ error });
}
