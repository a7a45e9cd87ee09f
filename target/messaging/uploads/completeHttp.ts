/** The end of an upload: the chunks are read in their order, as one file. */
import type { FastifyReply } from 'fastify';
import { diskProblem, type Refused } from '../../requests/diskProblem.ts';
import { bodyText, readObject } from '../../requests/jsonBody.ts';
import type { Admitted } from '../admission.ts';
import { sha256Of } from './bytes.ts';
import type { Files } from './filesHttp.ts';
import { isSha256, type Upload } from './upload.ts';

const WANTED_BODY =
  'The body must be empty or a JSON object like {"sha256": "<64 hexadecimal digits>"}, with Content-Type: application/json.';

/** Merges the chunks of a file, and answers with what it is. To complete it again changes nothing. */
export async function completeFile(
  files: Files,
  upload: Upload,
  { request, reply, fault }: Admitted,
): Promise<FastifyReply> {
  const wanted = readWanted(bodyText(request));
  if (wanted === undefined) return reply.code(400).send({ error: WANTED_BODY });
  const missing = upload.missing();
  if (missing.length > 0) return reply.code(409).send({ missing });
  const merged = wrongSize(upload) ?? (fault === undefined ? await merge(upload) : FAULT);
  const outcome = 'error' in merged ? merged : (wrongSum(upload, wanted.sha256, merged.sha256) ?? merged);
  if ('error' in outcome) {
    if (upload.state() !== 'completed') upload.become('failed');
    return reply.code(outcome.status).send({ error: outcome.error });
  }
  finish(files, upload);
  const { id, announced, count } = upload;
  return reply.send({ id, size: announced.size, chunks: count, sha256: outcome.sha256 });
}

const FAULT: Refused = { status: 500, error: 'This is the fault complete-500, asked for at the start.' };

function readWanted(text: string): { sha256: string | undefined } | undefined {
  if (text === '') return { sha256: undefined };
  const body = readObject(text);
  if (body === undefined) return undefined;
  const { sha256 } = body;
  if (sha256 === undefined) return { sha256 };
  return isSha256(sha256) ? { sha256: sha256.toLowerCase() } : undefined;
}

function wrongSize(upload: Upload): Refused | undefined {
  const bytes = upload.inOrder().reduce((sum, chunk) => sum + chunk.bytes, 0);
  const { size } = upload.announced;
  if (bytes === size) return undefined;
  return { status: 422, error: `The chunks have ${bytes} bytes, but the file was announced with ${size}.` };
}

/** Requests that come at the same time share one merge. */
async function merge(upload: Upload): Promise<{ sha256: string } | Refused> {
  upload.merged ??= sha256Of(upload.inOrder().map(({ path }) => path));
  try {
    return { sha256: await upload.merged };
  } catch (error) {
    upload.merged = undefined;
    return diskProblem(error, 'uploadFolder');
  }
}

function wrongSum(upload: Upload, wanted: string | undefined, sha256: string): Refused | undefined {
  const wrong = [upload.announced.sha256, wanted].find((sum) => sum !== undefined && sum !== sha256);
  if (wrong === undefined) return undefined;
  return { status: 422, error: `The file has the checksum ${sha256}, not ${wrong}.` };
}

/** The chunks go as soon as nobody needs them: many large files must not fill the disk. */
function finish({ context, folder }: Files, upload: Upload): void {
  if (upload.state() === 'completed') return;
  upload.become('completed');
  context.counters.files.bytesCompleted += upload.announced.size;
  void folder.discard(upload.inOrder().map(({ path }) => path));
}
