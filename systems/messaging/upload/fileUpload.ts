/** One file of a user on its way: it begins, its chunks go one after the other, and the platform merges them. */
import { now } from '../../../lib/k6/clock.ts';
import { RunningSha256, sha256Of } from '../../../lib/k6/checksum.ts';
import { timedRequest, type TimedReply } from '../../../lib/k6/timedRequest.ts';
import { fileNumber, isWatched } from '../../../lib/measures/uploads.ts';
import type { Attempt } from '../../../lib/vu/retry.ts';
import { StepFailed, type Failure, type Phase, type Reason } from '../../../lib/words/failures.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import type { AuthHeaders, Login } from '../login/login.ts';
import type { ChunkBuffer } from './chunkBuffer.ts';
import {
  chunkHeaders,
  chunksPath,
  completeBody,
  completePath,
  INITIATE_PATH,
  initiateBody,
  missingChunks,
  readAwaited,
  wrongChunk,
  wrongFile,
  type Awaited as AwaitedFile,
} from './fileProtocol.ts';
import { Slowest } from './slowest.ts';
import type { UploadBooks } from './uploadBooks.ts';
import type { UploadVuConfig } from './uploadSettings.ts';

/** A user, with what an upload needs. */
export interface Uploader {
  config: UploadVuConfig;
  books: UploadBooks;
  login: Login;
  attempt: Attempt;
  buffer: ChunkBuffer;
  /** From 1. */
  user: number;
}

/**
 * Uploads file number `file` (from 1) of a user. Rejects with a StepFailed, which the caller books, where it did not get
 * there: the first chunk that is not acknowledged, after its retries, ends it, and the others are not sent.
 */
export async function uploadFile(uploader: Uploader, file: number): Promise<void> {
  const { books, login, config, user } = uploader;
  if (login.current() === undefined) await login.authorized();
  const beganAt = now();
  books.fileBegins(beganAt);
  const slowest = new Slowest();
  try {
    const at = await sendAll(uploader, { file, beganAt, slowest });
    books.fileCompleted(beganAt, at, config.fileBytes);
  } catch (error) {
    if (error instanceof StepFailed) books.fileFailed(beganAt, now(), error.reason);
    throw error;
  } finally {
    const sizes = { uploads: config.numSessions, files: config.files };
    const number = fileNumber(sizes, user, file);
    if (isWatched(sizes, number)) books.slowest(number, slowest.ranked());
  }
}

/** A file, by its number among those of its user; times are epoch milliseconds. */
interface Begun {
  file: number;
  beganAt: number;
  slowest: Slowest;
}

/** The same as the platform awaits it, in so many chunks. */
interface Sending extends Begun, AwaitedFile {
  name: string;
  chunks: number;
}

/** Resolves to when the platform had merged it. */
async function sendAll(uploader: Uploader, begun: Begun): Promise<number> {
  const { attempt, user } = uploader;
  const name = `upload-${user}-${begun.file}.bin`;
  const awaited = await attempt('initiate', () => initiate(uploader, name));
  const chunks = Math.ceil(uploader.config.fileBytes / awaited.chunkBytes);
  const sending = { ...begun, ...awaited, name, chunks };
  const whole = new RunningSha256();
  for (let index = 0; index < chunks; index++) {
    const chunk = makeChunk(uploader, sending, index, whole);
    await attempt('chunk', () => sendChunk(uploader, sending, chunk));
    inTime(uploader, sending, index + 1);
  }
  return complete(uploader, sending, whole.digest());
}

async function initiate(uploader: Uploader, name: string): Promise<AwaitedFile> {
  const { fileBytes, maxChunkBytes, httpTimeoutSeconds } = uploader.config;
  const reply = await asUser(uploader, {
    ...{ name: 'initiate', path: INITIATE_PATH, body: initiateBody(name, fileBytes) },
    ...{ headers: JSON_HEADERS, seconds: httpTimeoutSeconds },
  });
  if (reply.is === 'failure') throw new StepFailed('initiate', reply.reason, reply.detail, reply.headers);
  const awaited = readAwaited(jsonIn(reply.text), maxChunkBytes);
  if (typeof awaited !== 'string') return awaited;
  throw new StepFailed('initiate', 'bad_body', `the answer of initiate ${awaited}`);
}

const JSON_HEADERS = { 'Content-Type': 'application/json' };

/** A chunk that is ready; its bytes are those of the user's buffer. */
interface Chunk {
  index: number;
  bytes: Uint8Array;
  sha256: string;
}

/** `whole` takes its bytes, too, where it is not sent again. */
function makeChunk(
  { buffer, books, config, user }: Uploader,
  { file, chunkBytes }: Sending,
  index: number,
  whole?: RunningSha256,
): Chunk {
  const from = now();
  const size = Math.min(chunkBytes, config.fileBytes - index * chunkBytes);
  const bytes = buffer.chunk(user, file, index, size);
  whole?.add(bytes);
  const sha256 = sha256Of(bytes);
  books.made(now() - from);
  return { index, bytes, sha256 };
}

async function sendChunk(uploader: Uploader, sending: Sending, chunk: Chunk): Promise<void> {
  const { books, config } = uploader;
  const { index, bytes, sha256 } = chunk;
  const sent = { at: 0, bytes: bytes.byteLength, fullBytes: sending.chunkBytes };
  const call = {
    ...{ name: 'chunk', path: chunksPath(sending.id), body: bytes },
    ...{ headers: chunkHeaders(index, sha256), seconds: config.chunkTimeoutSeconds },
  };
  const reply = await asUser(uploader, call, (at, again) => {
    if (again) return books.bytesAgain(sent);
    sent.at = at;
    books.chunkSent(sent);
  });
  const failure = failureIn(reply, (json) => wrongChunk(json, { index, bytes: sent.bytes, sha256 }));
  if (failure === undefined) {
    books.chunkAcknowledged(sent, reply.at);
    sending.slowest.add(index, reply.at - sent.at);
    return;
  }
  books.chunkFailed(sent, reply.at, failure.reason);
  throw stepFailed('chunk', failure, `chunk ${index} of ${sending.name}`);
}

/** Behind the time that a file has, no more of it is sent. */
function inTime({ config }: Uploader, { beganAt, chunks, name }: Sending, done: number): void {
  const { fileTimeoutSeconds } = config;
  if (now() - beganAt <= fileTimeoutSeconds * 1000) return;
  const detail = `${name}: FILE_TIMEOUT_SECONDS (${fileTimeoutSeconds}) were over after ${done} of ${chunks} chunks`;
  throw new StepFailed('complete', 'request_timeout', detail);
}

/** Asks for the merge. With retries, the chunks that the platform misses are sent again, once. */
async function complete(uploader: Uploader, sending: Sending, sha256: string): Promise<number> {
  const { attempt, books, config } = uploader;
  const merged = await attempt('complete', () => merge(uploader, sending, sha256, config.retries > 0));
  if (typeof merged === 'number') return merged;
  for (const index of merged) {
    books.resumes();
    const chunk = makeChunk(uploader, sending, index);
    await attempt('chunk', () => sendChunk(uploader, sending, chunk));
    inTime(uploader, sending, sending.chunks);
  }
  const again = await attempt('complete', () => merge(uploader, sending, sha256, false));
  return typeof again === 'number' ? again : now();
}

/** Resolves to when it was merged, or to the chunks that are missing, where they may be sent again. */
async function merge(
  uploader: Uploader,
  sending: Sending,
  sha256: string,
  resumes: boolean,
): Promise<number | number[]> {
  const { config, books } = uploader;
  const { id, chunks, name } = sending;
  const reply = await asUser(uploader, {
    ...{ name: 'complete', path: completePath(id), body: completeBody(sha256) },
    ...{ headers: JSON_HEADERS, seconds: config.completeTimeoutSeconds },
  });
  const failure = failureIn(reply, (json) => wrongFile(json, { size: config.fileBytes, chunks, sha256 }));
  if (failure === undefined) return reply.at;
  const missing =
    resumes && failure.reason === 'http_409' ? missingChunks(jsonIn(failure.text), chunks) : undefined;
  if (missing === undefined) throw stepFailed('complete', failure, name);
  books.fail('complete', failure.reason, failure.detail);
  return missing;
}

/** Why a reply is no good. */
interface BadReply extends Failure {
  headers?: Readonly<Record<string, string>>;
  text: string;
}

/** `wrong` compares the JSON of an answer with what was sent. */
function failureIn(
  reply: TimedReply,
  wrong: (json: unknown) => { reason: Reason; text: string } | undefined,
) {
  if (reply.is === 'failure') return { text: '', ...reply };
  const found = wrong(jsonIn(reply.text));
  return found && { reason: found.reason, detail: found.text, text: reply.text };
}

function stepFailed(phase: Phase, { reason, detail, headers }: BadReply, what: string): StepFailed {
  const text = () => `${what}: ${typeof detail === 'string' ? detail : detail()}`;
  return new StepFailed(phase, reason, text, headers);
}

/** A request of the API; `name` stands for it in metrics and texts. */
interface ApiCall {
  name: string;
  path: string;
  body: string | Uint8Array;
  headers: Record<string, string>;
  seconds: number;
}

/**
 * Makes a request as the user, and once more with a new token where the platform says that the token has expired. `sends`
 * is called before each. Rejects with the StepFailed of a log-in that failed before anything was sent.
 */
async function asUser(
  { login, config, books }: Uploader,
  call: ApiCall,
  sends: (at: number, again: boolean) => void = () => undefined,
): Promise<TimedReply> {
  const headers = login.current() ?? (await login.authorized());
  const sentAt = now();
  sends(sentAt, false);
  const reply = post(config, call, headers, sentAt);
  if (reply.is === 'answer') return reply;
  const again = (renewed: AuthHeaders) => {
    const at = now();
    sends(at, true);
    return post(config, call, renewed, at);
  };
  return login.orAgain(reply, headers, again, ({ phase, reason, detail }) => {
    books.visit.fail(phase, reason, detail);
  });
}

function post(
  { apiBaseUrl }: UploadVuConfig,
  { name, path, body, headers, seconds }: ApiCall,
  auth: AuthHeaders,
  sentAt: number,
): TimedReply {
  const request = { name, method: 'POST', url: apiBaseUrl + path, body } as const;
  return timedRequest({ ...request, headers: { ...headers, ...auth }, timeoutMs: seconds * 1000 }, sentAt);
}
