/** A file operation: a file is written, and read back. */
import { now } from '../../../lib/k6/clock.ts';
import { timedCall, type TimedReply } from '../../../lib/k6/timedRequest.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import type { Failure } from '../../../lib/words/failures.ts';
import { contentIn, fileBody, filePath, FILES_PATH, lacksAfterWrite } from './fileProtocol.ts';

/** Where files go, and for how long each request may take. */
export interface FileTarget {
  apiBaseUrl: string;
  httpTimeoutSeconds: number;
}

/** What became of it, in so many milliseconds; what k6 took between both requests is in none. */
export interface FileResult {
  milliseconds: number;
  lag: number;
  /** Of a good one, undefined. */
  failure: Failure | undefined;
}

const HEADERS = { 'Content-Type': 'application/json' };

/** Writes and reads back; never rejects. */
export async function fileOperation(target: FileTarget, name: string, content: string): Promise<FileResult> {
  const written = await timed(target, 'POST', FILES_PATH, fileBody(name, content));
  const failure = failureOf(written.reply, 'write', (json) =>
    unreadable('write', lacksAfterWrite(json, name, content)),
  );
  if (failure !== undefined) return { milliseconds: written.milliseconds, lag: written.lag, failure };
  const read = await timed(target, 'GET', filePath(name), null);
  return {
    milliseconds: written.milliseconds + read.milliseconds,
    lag: Math.max(written.lag, read.lag),
    failure: failureOf(read.reply, 'read', (json) => wrongContent(contentIn(json), content)),
  };
}

interface Timed {
  reply: TimedReply;
  milliseconds: number;
  lag: number;
}

async function timed(
  { apiBaseUrl, httpTimeoutSeconds }: FileTarget,
  method: 'GET' | 'POST',
  path: string,
  body: string | null,
): Promise<Timed> {
  const name = method === 'POST' ? 'file write' : 'file read';
  const at = now();
  const timeoutMs = httpTimeoutSeconds * 1000;
  const reply = await timedCall(
    { name, method, url: apiBaseUrl + path, body, headers: HEADERS, timeoutMs },
    at,
  );
  return { reply, milliseconds: reply.at - at, lag: Math.max(0, now() - reply.at) };
}

function failureOf(
  reply: TimedReply,
  what: string,
  wrong: (json: unknown) => Failure | undefined,
): Failure | undefined {
  if (reply.is === 'failure') return reply;
  const json = jsonIn(reply.text);
  return json === undefined ? unreadable(what, 'JSON') : wrong(json);
}

function unreadable(what: string, lacks: string | undefined): Failure | undefined {
  if (lacks === undefined) return undefined;
  return { reason: 'bad_body', detail: `the answer to a file ${what} lacks "${lacks}"` };
}

function wrongContent(content: string | undefined, wanted: string): Failure | undefined {
  if (content === undefined) return unreadable('read', 'content');
  if (content === wanted) return undefined;
  let same = 0;
  while (same < wanted.length && wanted[same] === content[same]) same++;
  const detail = `a file of ${wanted.length} characters came back changed: ${content.length} characters, the first ${same} of them as they were`;
  return { reason: 'wrong_reply', detail };
}
