/**
 * What the wire of the assistant says, as a table that any server must keep: every status and every body that is agreed.
 * Other fields, their order, and the words of replies and errors are free.
 */
import assert from 'node:assert/strict';
import { send } from './assistantClient.ts';
import { agree, isText, type Wanted } from './wanted.ts';

/** A request, and the status and the body that it must get. */
interface Row {
  name: string;
  call: string;
  /** A text as it is, or a value of which JSON is made. */
  body?: unknown;
  status: number;
  wanted?: Wanted;
}

type Check = [name: string, holds: (url: string) => Promise<void>];

const MOST_BYTES = 1_000_000;

const isSentence = (value: unknown): boolean => typeof value === 'string' && /^.+\.$/.test(value);
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0;

const file = (name: unknown, content: unknown): Record<string, unknown> => ({ name, content });

/** Bodies that are no message. */
const NO_MESSAGE: unknown[] = ['', '{', 'null', '[]', '"text"', {}, { message: 1 }, { message: null }];

const GOOD_NAMES = ['a', 'Z9', '-', '_x', 'a.b-c_d.txt', 'x..', 'n'.repeat(100)];
const BAD_NAMES: unknown[] = ['', '.a', '..', 'a/b', 'a\\b', 'a b', 'é', 'a\n', 'n'.repeat(101), 1, null];

/** Bodies that are no file. */
const NO_FILE: unknown[] = [
  ...['', '{', 'null', '[]', {}, { name: 'a' }, { content: 'a' }, file('a', 1), file('a', null)],
  ...BAD_NAMES.map((name) => file(name, 'text')),
];

/** Contents, and how many bytes of UTF-8 they are. */
const CONTENTS: [name: string, content: string, size: number][] = [
  ['plain', 'a text', 6],
  ['empty', '', 0],
  ['odd', '\uFEFFé "q" \\ \u0000 \r\n €', 20],
  ['pairs', '😀😀', 8],
  ['longest', 'x'.repeat(MOST_BYTES), MOST_BYTES],
  ['longest-in-two', 'é'.repeat(MOST_BYTES / 2), MOST_BYTES],
  ['longest-escaped', '\u0001'.repeat(MOST_BYTES), MOST_BYTES],
];

const TOO_LONG: [name: string, content: string][] = [
  ['one byte', 'x'.repeat(MOST_BYTES + 1)],
  ['one byte of two', `x${'é'.repeat(MOST_BYTES / 2)}`],
];

const CHECKS: readonly Check[] = [
  ...rows().map(({ name, ...row }): Check => [name, (url) => keeps(url, row)]),
  ['replies depend on the message', repliesDiffer],
  ['replies at once are those of their messages', repliesAtOnce],
  ['time passes', timePasses],
];

/** Holds a server to the wire. Resolves to the names of what was checked; rejects with everything not as agreed. */
export async function assistantContract(url: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, holds] of CHECKS)
    await holds(url).catch((problem: unknown) => problems.push(`${name}: ${String(problem)}`));
  assert.ok(problems.length === 0, problems.join('\n').slice(0, 5000));
  return CHECKS.map(([name]) => name);
}

async function keeps(url: string, { call, body, status, wanted = {} }: Omit<Row, 'name'>): Promise<void> {
  agree(await send(url, call, body), { status, body: wanted });
}

function rows(): Row[] {
  const refused = { error: isSentence };
  const short = (value: unknown): string => JSON.stringify(value).slice(0, 40);
  const chat = { call: 'POST /api/chat' };
  const write = { call: 'POST /api/files' };
  return [
    { ...chat, name: 'a chat', body: { message: 'Hello' }, status: 200, wanted: { reply: isText } },
    ...NO_MESSAGE.map((body) => {
      const name = `a chat of ${short(body)}`;
      return { ...chat, name, body, status: 400, wanted: refused };
    }),
    ...NO_FILE.map((body) => {
      const name = `a file of ${short(body)}`;
      return { ...write, name, body, status: 400, wanted: refused };
    }),
    ...TOO_LONG.map(([words, content]) => {
      const name = `a file with ${words} too much`;
      return { ...write, name, body: file('large', content), status: 413, wanted: refused };
    }),
    { call: 'GET /api/files/large', name: 'it is not there', status: 404 },
    ...GOOD_NAMES.flatMap((name) => writtenAndRead(name, `content of ${name}`, 11 + name.length)),
    ...CONTENTS.flatMap((content) => writtenAndRead(...content)),
    ...writtenAndRead('plain', 'another text', 12),
    { call: 'GET /api/files/a', name: 'the others stay', status: 200, wanted: { content: 'content of a' } },
    { call: 'DELETE /api/files/plain', name: 'a removal', status: 204 },
    { call: 'DELETE /api/files/plain', name: 'a second removal', status: 404, wanted: refused },
    { call: 'GET /api/files/plain', name: 'what was removed', status: 404, wanted: refused },
    { call: 'GET /api/files/never', name: 'what never was', status: 404, wanted: refused },
    ...writtenAndRead('plain', 'again', 5),
    {
      call: 'GET /api/health',
      name: 'health',
      status: 200,
      wanted: { status: 'ok', event_loop_delay_ms: isTime, uptime_s: isTime },
    },
  ];
}

function writtenAndRead(name: string, content: string, size: number): Row[] {
  const title = name.slice(0, 20);
  return [
    {
      call: 'POST /api/files',
      name: `write ${title}`,
      body: file(name, content),
      status: 201,
      wanted: { name, size },
    },
    { call: `GET /api/files/${name}`, name: `read ${title}`, status: 200, wanted: { name, content, size } },
  ];
}

async function replyTo(url: string, message: string): Promise<unknown> {
  const { status, body } = await send(url, 'POST /api/chat', { message });
  assert.equal(status, 200, `a chat is answered ${status}`);
  return body['reply'];
}

async function repliesDiffer(url: string): Promise<void> {
  assert.notEqual(await replyTo(url, 'one'), await replyTo(url, 'another'));
}

async function repliesAtOnce(url: string): Promise<void> {
  const messages = Array.from({ length: 20 }, (_, index) => `message ${index}`);
  const apart: unknown[] = [];
  for (const message of messages) apart.push(await replyTo(url, message));
  assert.deepEqual(await Promise.all(messages.map((message) => replyTo(url, message))), apart);
}

async function timePasses(url: string): Promise<void> {
  const uptime = async (): Promise<number> => Number((await send(url, 'GET /api/health')).body['uptime_s']);
  const before = await uptime();
  const last = Date.now() + 5000;
  while ((await uptime()) <= before) assert.ok(Date.now() < last, 'the uptime does not grow');
}
