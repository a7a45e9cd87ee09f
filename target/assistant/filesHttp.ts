/** The HTTP handlers of file operations. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { diskProblem } from '../requests/diskProblem.ts';
import { bodyText, readObject } from '../requests/jsonBody.ts';
import type { Admitted, Serve } from './admission.ts';
import type { FileCounts } from './assistantStats.ts';
import type { Files } from './files.ts';

/** Bytes of the content of a file, at most. */
export const MOST_BYTES = 1_000_000;

const NAME = /^[\w-][\w.-]{0,99}$/;

/** Half of a pair: such a text has no UTF-8, so it would come back changed. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const WANTED_FILE =
  'The body must be a JSON object like {"name": "a.txt", "content": "text"}, with Content-Type: application/json; ' +
  'a name has 1 to 100 letters, digits, dots, hyphens and underscores, and no dot in front.';

/** Returns the handlers of writing, reading and removing a file; `counts` is where files are counted. */
export function fileHandlers(files: Files, counts: FileCounts): Record<'write' | 'read' | 'remove', Serve> {
  const guarded =
    (serve: Serve): Serve =>
    async (admitted) => {
      try {
        return await serve(admitted);
      } catch (error) {
        const { status, ...said } = diskProblem(error, 'temporary folder');
        return admitted.reply.code(status).send(said);
      }
    };
  return {
    write: guarded((admitted) => write(files, counts, admitted)),
    read: guarded((admitted) => read(files, counts, admitted)),
    remove: guarded((admitted) => remove(files, counts, admitted)),
  };
}

async function write(files: Files, counts: FileCounts, { request, reply }: Admitted): Promise<FastifyReply> {
  const { name, content } = readObject(bodyText(request)) ?? {};
  if (
    typeof name !== 'string' ||
    !NAME.test(name) ||
    typeof content !== 'string' ||
    LONE_SURROGATE.test(content)
  )
    return reply.code(400).send({ error: WANTED_FILE });
  const size = Buffer.byteLength(content);
  if (size > MOST_BYTES)
    return reply
      .code(413)
      .send({ error: `The content has ${size} bytes; a file has at most ${MOST_BYTES}.` });
  await files.write(name, content);
  counts.written += 1;
  counts.bytes += size;
  return reply.code(201).send({ name, size });
}

async function read(
  files: Files,
  counts: FileCounts,
  { request, reply, fault }: Admitted,
): Promise<FastifyReply> {
  const name = nameIn(request);
  const content = await files.read(name);
  if (content === undefined) return refuseUnknown(reply, name);
  counts.read += 1;
  const shown = fault === 'file-read-changed' ? changed(content) : content;
  return reply.send({ name, content: shown, size: Buffer.byteLength(content) });
}

async function remove(files: Files, counts: FileCounts, { request, reply }: Admitted): Promise<FastifyReply> {
  const name = nameIn(request);
  if (!(await files.delete(name))) return refuseUnknown(reply, name);
  counts.deleted += 1;
  return reply.code(204).send();
}

function nameIn({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'name' in params ? String(params.name) : '';
}

function refuseUnknown(reply: FastifyReply, name: string): FastifyReply {
  return reply.code(404).send({ error: `There is no file ${JSON.stringify(name)}.` });
}

/** Code points in pairs of an even and an odd one have the same length in every encoding. */
function changed(content: string): string {
  const [first] = content;
  if (first === undefined) return content;
  return String.fromCodePoint((first.codePointAt(0) ?? 0) ^ 1) + content.slice(first.length);
}
