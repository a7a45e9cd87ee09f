/** The HTTP routes for files. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { diskProblem } from '../../requests/diskProblem.ts';
import { bodyText, readObject, takeJsonAsText } from '../../requests/jsonBody.ts';
import { TemporaryFolder } from '../../temporaryFolder.ts';
import { admission, type Admitted, type Serve } from '../admission.ts';
import type { MessagingContext } from '../messagingContext.ts';
import { takeChunk } from './chunkHttp.ts';
import { completeFile } from './completeHttp.ts';
import { isSha256, Upload } from './upload.ts';

/** What the routes of files share. */
export interface Files {
  context: MessagingContext;
  folder: TemporaryFolder;
  /** By their ids; those that are completed stay, for a client may ask again. */
  uploads: Map<string, Upload>;
}

const WANTED_FILE =
  'The body must be a JSON object like {"name": "a.bin", "size": 1024}, if wished with sha256 (64 hexadecimal digits), ' +
  'with Content-Type: application/json.';

const MOST_CHUNKS = 100_000;

/** Adds `POST /v1/files/initiate`, `/v1/files/{id}/chunks` and `/v1/files/{id}/complete`. */
export function addFileRoutes(app: FastifyInstance, context: MessagingContext): void {
  const folder = new TemporaryFolder(context.settings.uploadFolder, 'chunk');
  const files: Files = { context, folder, uploads: new Map() };
  const addTo = (
    scope: FastifyInstance,
    url: string,
    endpoint: 'initiate' | 'chunk' | 'complete',
    serve: Serve,
  ) => scope.route({ method: 'POST', url: `/v1/files/${url}`, ...admission(context, endpoint, serve) });
  void app.register((scope, _options, done) => {
    takeJsonAsText(scope);
    addTo(scope, 'initiate', 'initiate', (admitted) => initiate(files, admitted));
    addTo(scope, ':id/complete', 'complete', (admitted) => withUpload(files, admitted, completeFile));
    done();
  });
  void app.register((scope, _options, done) => {
    // Whatever its type, the body of a chunk is left to flow.
    scope.removeAllContentTypeParsers();
    scope.addHook('onRequest', ({ raw }, _reply, next) => {
      raw.headers['content-type'] = 'application/octet-stream';
      next();
    });
    scope.addContentTypeParser('*', (_request, _body, taken) => taken(null));
    addTo(scope, ':id/chunks', 'chunk', (admitted) => withUpload(files, admitted, takeChunk));
    done();
  });
  app.addHook('onClose', () => folder.remove());
}

async function initiate(
  { context, folder, uploads }: Files,
  { request, reply }: Admitted,
): Promise<FastifyReply> {
  const { name, size, sha256 } = readObject(bodyText(request)) ?? {};
  if (typeof name !== 'string' || name === '' || !isSize(size) || !(sha256 === undefined || isSha256(sha256)))
    return reply.code(400).send({ error: WANTED_FILE });
  const { chunkBytes } = context.settings;
  if (size > MOST_CHUNKS * chunkBytes) return reply.code(413).send({ error: tooLarge(size, chunkBytes) });
  try {
    await folder.make();
  } catch (error) {
    const { status, ...said } = diskProblem(error, 'uploadFolder');
    return reply.code(status).send(said);
  }
  const announced = { name, size, sha256: sha256?.toLowerCase() };
  const upload = new Upload(`file-${uploads.size + 1}`, announced, chunkBytes, context.counters.files);
  uploads.set(upload.id, upload);
  return reply.code(201).send({ id: upload.id, chunk_size: chunkBytes });
}

function tooLarge(size: number, chunkBytes: number): string {
  return `The file has ${size} bytes; a file has at most ${MOST_CHUNKS} chunks of ${chunkBytes} bytes.`;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

type ServeUpload = (files: Files, upload: Upload, admitted: Admitted) => Promise<FastifyReply>;

function withUpload(
  files: Files,
  admitted: Admitted,
  serve: ServeUpload,
): FastifyReply | Promise<FastifyReply> {
  const { params } = admitted.request;
  const id = typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : '';
  const upload = files.uploads.get(id);
  if (upload !== undefined) return serve(files, upload, admitted);
  return admitted.reply.code(404).send({ error: `There is no file ${JSON.stringify(id)}.` });
}
