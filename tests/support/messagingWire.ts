/**
 * What the wire of the messaging platform says, as a table that any server must keep: every status and every body that
 * is agreed. Other fields, their order, the shape of ids and the order of a notification and its 201 are free.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Caller, type Body, type Call, type Pass } from './messagingCaller.ts';
import { beats, followsConversations, outlives, tellsClaims } from './messagingWireSockets.ts';
import { agree, isPositive, isText, isThere, type Wanted } from './wanted.ts';

/** A request, and the status and the body that it must get. */
interface Row extends Call {
  name: string;
  status: number;
  wanted?: Wanted;
}

type Check = [name: string, holds: () => Promise<void>];

interface File {
  id: unknown;
  path: string;
  chunkSize: number;
}

/** Longer tokens are not waited for. */
const MOST_SECONDS = 10;
const BAD_PASSES: [pass: Pass, error: string][] = [
  ['none', 'token_missing'],
  ['nonsense', 'token_invalid'],
  ['tampered', 'token_invalid'],
  ['unsigned', 'token_invalid'],
  ['foreign', 'token_invalid'],
  ['in the URL', 'token_in_url'],
];
const SENT_AT: Wanted[] = [1.5, 'a text', null, true, [1, [2]], { at: { of: [null] } }];
const MESSAGE = { conversation_id: 'conv-1', text: 'a text' };
const LOGIN: Call = {
  call: 'POST /v1/auth/login',
  body: { username: 'ann', password: 'secret' },
  pass: 'none',
};

const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const SMALL = Buffer.from('small');
const OTHER_SUM = sumOf(Buffer.from('other'));

/** All conversations, each with a name. */
const areAll = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 1 &&
  value.every((it: Body) => isText(it['name'])) &&
  value.every((_, at) => value.some((it: Body) => it['id'] === `conv-${at + 1}`));

/**
 * Holds a server to the wire. Its tokens must hold for 2 to 10 seconds, files must want them, and there must be two
 * conversations at least; the chunks of the larger file have the size that the server dictates. A message of a socket
 * is waited for `patience` seconds, 10 without. Resolves to the names of what was checked; rejects with everything that
 * is not as agreed.
 */
export async function wireContract(url: string, websocketUrl: string, patience?: number): Promise<string[]> {
  const caller = new Caller(url, websocketUrl, patience);
  try {
    const checks = await allChecks(caller);
    const problems: string[] = [];
    for (const [name, holds] of checks)
      await holds().catch((problem: unknown) => problems.push(`${name}: ${String(problem)}`));
    assert.ok(problems.length === 0, problems.join('\n'));
    return checks.map(([name]) => name);
  } finally {
    caller.hangUp();
  }
}

/** The first token and its socket are those that have expired at the end. */
async function allChecks(caller: Caller): Promise<Check[]> {
  const login = await caller.logIn();
  assert.ok(login.seconds <= MOST_SECONDS, `tokens hold for ${login.seconds} s: more than ${MOST_SECONDS}`);
  caller.expired = login.token;
  const old = await caller.listen('expired');
  assert.equal(old.status, 101, 'the status of an upgrade');
  const { chunkSize } = await begun(caller, 1);
  const file = await begun(caller, 2 * chunkSize + 3);
  return [
    ['claims', () => tellsClaims(caller)],
    ['subscriptions', () => followsConversations(caller)],
    ['heartbeats', () => beats(caller)],
    ...[...apiRows(), ...chunkRows(file)].map((row) => checkOf(caller, row)),
    ['the other chunks in parallel, and the merge', () => merges(caller, file)],
    ...smallFiles(caller),
    ...BAD_PASSES.flatMap((bad) => refusals(caller, file, ...bad)),
    ['time passes', () => sleep(1000 * Math.ceil(Number(login.claims['exp'])) - Date.now())],
    ...refusals(caller, file, 'expired', 'token_expired'),
    ['a socket outlives its token', () => outlives(old, caller)],
  ];
}

const checkOf = (caller: Caller, { name, status, wanted = {}, ...call }: Row): Check => [
  name,
  async () => agree(await caller.ask(call), { status, body: wanted }),
];

function apiRows(): Row[] {
  const token = { token: isText, token_type: isText, expires_in: isPositive };
  const inUrl: Row = { ...LOGIN, name: 'login, token in the URL', status: 401, pass: 'in the URL' };
  return [
    { ...LOGIN, name: 'login', status: 200, wanted: token },
    { ...inUrl, wanted: { error: 'token_in_url' } },
    { call: 'GET /v1/conversations', name: 'conversations', status: 200, wanted: { conversations: areAll } },
    ...SENT_AT.map((sent_at) => ({
      ...{ call: 'POST /v1/messages', name: `a message, sent at ${JSON.stringify(sent_at)}`, status: 201 },
      body: { ...MESSAGE, sent_at },
      wanted: { conversation_id: 'conv-1', sent_at, id: isThere, created_at: isThere },
    })),
  ];
}

/** Begins a file of so many bytes. */
async function begun(caller: Caller, size: number, sha256?: string): Promise<File> {
  const body = { name: 'a file', size, ...(sha256 === undefined ? {} : { sha256 }) };
  const answer = await caller.ask({ call: 'POST /v1/files/initiate', body });
  agree(answer, { status: 201, body: { id: isThere, chunk_size: isPositive } });
  const { id, chunk_size } = answer.body;
  return { id, path: `/v1/files/${encodeURIComponent(String(id))}`, chunkSize: Number(chunk_size) };
}

const chunkOf = ({ path }: File, index: number, body: Buffer, sum = sumOf(body)): Call => ({
  call: `POST ${path}/chunks`,
  headers: { 'X-Chunk-Index': String(index), 'X-Chunk-SHA256': sum },
  body,
});

const kept = (index: number, bytes: Buffer): Wanted => ({ index, bytes: bytes.length, sha256: sumOf(bytes) });

const completeOf = ({ path }: File, sha256?: string): Call => ({
  call: `POST ${path}/complete`,
  body: sha256 === undefined ? {} : { sha256 },
});

/** What becomes of chunks of a file of two chunks and three bytes; only the last of them is kept. */
function chunkRows(file: File): Row[] {
  const last = Buffer.from('end');
  const first = Buffer.alloc(file.chunkSize, '0 is here. ');
  const more = Buffer.alloc(file.chunkSize + 1, '0 is here. ');
  const sent = chunkOf(file, 2, last);
  return [
    { ...sent, name: 'the last chunk first', status: 200, wanted: kept(2, last) },
    { ...sent, name: 'the same chunk again', status: 200, wanted: kept(2, last) },
    { ...chunkOf(file, 2, Buffer.from('END')), name: 'other bytes for a known chunk', status: 409 },
    { ...chunkOf(file, 0, first.subarray(1)), name: 'a chunk that is too short', status: 400 },
    { ...chunkOf(file, 0, more), name: 'a chunk that is too big', status: 413 },
    { ...chunkOf(file, 0, first, OTHER_SUM), name: 'a chunk with a wrong checksum', status: 422 },
    { ...completeOf(file), name: 'a merge too early', status: 409, wanted: { missing: [0, 1] } },
  ];
}

async function merges(caller: Caller, file: File): Promise<void> {
  const parts = [0, 1].map((index) => Buffer.alloc(file.chunkSize, `${index} is here. `));
  const answers = await Promise.all(parts.map((part, index) => caller.ask(chunkOf(file, index, part))));
  agree(
    answers,
    parts.map((part, index) => ({ status: 200, body: kept(index, part) })),
  );
  const whole = Buffer.concat([...parts, Buffer.from('end')]);
  const merged = { id: (it: unknown) => it === file.id, size: whole.length, chunks: 3, sha256: sumOf(whole) };
  agree(await caller.ask(completeOf(file, sumOf(whole))), { status: 200, body: merged });
}

/** Files of one chunk, with a checksum at first, at last, or with none. */
function smallFiles(caller: Caller): Check[] {
  const merged = { size: SMALL.length, chunks: 1, sha256: sumOf(SMALL) };
  const store = async (status: number, atFirst?: string, atLast?: string): Promise<void> => {
    const file = await begun(caller, SMALL.length, atFirst);
    agree(await caller.ask(chunkOf(file, 0, SMALL)), { status: 200, body: kept(0, SMALL) });
    agree(await caller.ask(completeOf(file, atLast)), { status, body: status === 200 ? merged : {} });
  };
  return [
    ['a file without a checksum', () => store(200)],
    ['a file that begins with its checksum', () => store(200, sumOf(SMALL))],
    ['a file that begins with a wrong checksum', () => store(422, OTHER_SUM)],
    ['a file that ends with a wrong checksum', () => store(422, undefined, OTHER_SUM)],
  ];
}

/** Whatever is asked with such a token is answered 401. */
function refusals(caller: Caller, file: File, pass: Pass, error: string): Check[] {
  const calls: [name: string, call: Call][] = [
    ['a message', { call: 'POST /v1/messages', body: { ...MESSAGE, sent_at: 1 } }],
    ['conversations', { call: 'GET /v1/conversations' }],
    ['a file', { call: 'POST /v1/files/initiate', body: { name: 'a file', size: 1 } }],
    ['a chunk', chunkOf(file, 2, Buffer.from('end'))],
    ['a merge', completeOf(file)],
  ];
  const refused = { status: 401, body: { error } };
  return [
    ...calls.map(([name, call]): Check => [
      `${name}, token ${pass}`,
      async () => agree(await caller.ask({ ...call, pass }), refused),
    ]),
    [`a socket, token ${pass}`, async () => agree(await caller.listen(pass), refused)],
  ];
}
