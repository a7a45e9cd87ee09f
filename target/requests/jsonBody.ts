/** JSON bodies, read by whoever serves the request. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isObject } from '../isObject.ts';

/** Lets the bodies of `application/json` come as the text that they are. */
export function takeJsonAsText(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
}

/** Returns the text of the body; it is empty where there is none. */
export function bodyText({ body }: FastifyRequest): string {
  return typeof body === 'string' ? body : '';
}

/** Returns the members of a JSON object, or undefined if the text is no such object. */
export function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
