// Does the dialect of OpenAI's chat completions hold what every dialect must, against a server of npm's?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerMessage } from '../systems/chatbot/dialect.ts';
import { openAi, type OpenAiWords } from '../systems/chatbot/dialects/openAi.ts';
import type { TurnProtocol } from '../systems/chatbot/turns/turnDialect.ts';
import { dialectContract } from './support/dialects/contract.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6 } from './support/k6.ts';
import { chunk, IDS } from './support/dialects/frames.ts';
import { KEY, mockLlmServer, mockLlmUnavailable } from './support/dialects/mockLlmServer.ts';

const SCRIPT = 'tests/k6/openAi.ts';
const OTHER = 'tests/k6/ticketChat.ts';
const unavailable = await mockLlmUnavailable();

for (const [title, STREAMS] of [
  ['streams', 'yes'],
  ['whole replies', 'no'],
] as const)
  dialectContract({
    title: `mock-llm, whose answers are ${title}`,
    script: SCRIPT,
    serve: (t) => mockLlmServer(t),
    right: { STREAMS, OPENAI_API_KEY: KEY },
    wrong: { STREAMS, OPENAI_API_KEY: 'sk-wrong' },
    refusal: 'answer:http_401',
    shown: /Incorrect API key provided/,
    goneAs: 'answer:refused',
    other: OTHER,
    unavailable,
  });

test(
  'mock-llm, some of whose answers are cut, reset or slow on their way',
  { skip: unavailable },
  async (t) => {
    const HARMS = ['cut', undefined, 'reset', 'slow', undefined] as const;
    const harmed = { cut: 0, reset: 0, slow: 0 };
    const server = await mockLlmServer(t, (question) => {
      const harm = HARMS[question % HARMS.length];
      if (harm !== undefined) harmed[harm]++;
      return harm;
    });
    const env = {
      API_BASE_URL: server.url,
      OPENAI_API_KEY: KEY,
      RAMP_START_SESSIONS: '3',
      RAMP_MAX_SESSIONS: '3',
      RAMP_INTERVAL_SECONDS: '3',
      QUESTIONS: 'MED1060:5',
      GENERATOR_LAG_LIMIT_MS: '100000',
    };
    const run = await runK6({ source: SCRIPT, env });
    const summary = summaryOf(run);
    assertBalanced(summary);
    const { cut, reset, slow } = harmed;
    assert.ok(Math.min(cut, reset, slow) > 0, JSON.stringify(harmed));
    assert.deepEqual(failureCounts(summary), { 'answer:no_reply': cut, 'answer:reset': reset }, run.stderr);
    const { began, good } = summary.operations['question'] ?? {};
    assert.deepEqual([began, good], [server.counts.questions, server.counts.answers]);
  },
);

const DONE = 'data: [DONE]\n\n';

const event = (data: unknown): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const delta = (content: unknown, finish: unknown = null, index: unknown = 0): string =>
  event({ choices: [{ index, delta: { content }, finish_reason: finish }] });
const part = (text: string): ServerMessage => chunk(null, text, false);
const whole = (text: string): ServerMessage => chunk(null, text);
const END = whole('');
const IGNORED: ServerMessage = { type: 'ignored' };
const ERROR: ServerMessage = { type: 'error', id: null };

function heardIn(protocol: TurnProtocol, body: string): ServerMessage[] {
  const heard: ServerMessage[] = [];
  protocol.readBody(body, (message) => heard.push(message));
  return heard;
}

const reply = (message: unknown): string => JSON.stringify({ choices: [{ index: 0, message }] });

const BODIES: [name: string, body: string, messages: ServerMessage[]][] = [
  ['parts and an end', delta('A') + delta('b', 'stop') + DONE, [part('A'), part('b'), END]],
  ['a role without text', delta(undefined) + delta('b', 'stop') + DONE, [IGNORED, part('b'), END]],
  ['text that is null', delta(null, 'stop') + DONE, [IGNORED, END]],
  ['an end before the model ended', delta('A') + DONE, [part('A'), IGNORED]],
  ['no end', delta('A', 'stop'), [part('A')]],
  ['another choice', delta('x', 'stop', 1) + DONE, [IGNORED, IGNORED]],
  ['a choice without a number', event({ choices: [{ delta: { content: 'A' } }] }), [part('A')]],
  ['no choices', event({ choices: [] }), [IGNORED]],
  ['an error', event({ error: { message: 'no' } }), [ERROR]],
  ['no error', event({ error: null, choices: [] }), [IGNORED]],
  ['something else', event({ type: 'ping' }), [{ type: 'unknown', lacks: 'choices' }]],
  ['choices that are none', event({ choices: {} }), [{ type: 'unknown', lacks: 'choices' }]],
  ['odd choices', event({ choices: [null, 7, 'x', []] }), [IGNORED]],
  ['text that is none', delta({ a: 1 }) + delta(7), [IGNORED, IGNORED]],
  ['no JSON', event('{"choices":'), [{ type: 'bad' }]],
  [
    'JSON of another kind',
    event('7') + event('null') + event('[]'),
    [{ type: 'bad' }, { type: 'bad' }, { type: 'bad' }],
  ],
  ['a page', '<p>Welcome</p>\n\n', [{ type: 'bad', lacks: 'data' }]],
  ['nothing', '', [{ type: 'bad', lacks: 'data' }]],
  ['a whole reply', reply({ content: 'It beats.' }), [whole('It beats.')]],
  ['one behind a mark and blanks', `\uFEFF\n ${reply({ content: 'x' })}`, [whole('x')]],
  ['one without text', reply({ content: null, tool_calls: [] }), [END]],
  ['one without a message', reply(undefined), [{ type: 'bad', lacks: 'choices.0.message' }]],
  ['an error in one', '{"error":{"message":"no"}}', [ERROR]],
  ['half of one', reply({ content: 'x' }).slice(0, -2), [{ type: 'bad' }]],
  ['a list', '[{"error":{}}]', [{ type: 'bad' }]],
];

describe('what is read in a body', () => {
  for (const [name, body, messages] of BODIES)
    test(name, () => assert.deepEqual(heardIn(openAi({ model: 'm' }), body), messages));

  test('whose stream ends anywhere, never ends an answer before its end', () => {
    const body = delta('Ä') + delta('b', 'stop') + DONE;
    const all = heardIn(openAi({ model: 'm' }), body);
    for (let length = 1; length < body.length; length++) {
      const some = heardIn(openAi({ model: 'm' }), body.slice(0, length));
      assert.ok(some.every(({ type }) => type !== 'chunk') || some.length < all.length, String(length));
      assert.ok(!some.some((message) => message.type === 'chunk' && message.complete), String(length));
    }
  });
});

describe('a question', () => {
  const bodyOf = (protocol: TurnProtocol, text: string) =>
    JSON.parse(protocol.turn(IDS, '1', 'general', text).body ?? '') as Record<string, unknown>;
  const talk = (words: Partial<OpenAiWords>) => {
    const protocol = openAi({ model: 'm', ...words });
    protocol.begin?.(IDS);
    bodyOf(protocol, 'one');
    heardIn(protocol, delta('first', 'stop') + DONE);
    bodyOf(protocol, 'two');
    heardIn(protocol, delta('lost', 'stop'));
    return { protocol, body: bodyOf(protocol, 'three') };
  };

  test('carries the conversation, without what had no whole answer, and begins anew with each session', () => {
    const { protocol, body } = talk({ system: 'Be kind.', more: { max_tokens: 9 } });
    const system = { role: 'system', content: 'Be kind.' };
    assert.deepEqual(body, {
      model: 'm',
      stream: true,
      max_tokens: 9,
      messages: [
        system,
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'first' },
        { role: 'user', content: 'three' },
      ],
    });
    protocol.begin?.(IDS);
    assert.deepEqual(bodyOf(protocol, 'new')['messages'], [system, { role: 'user', content: 'new' }]);
  });
  test('carries nothing where no history is kept', () => {
    assert.deepEqual(talk({ history: false }).body['messages'], [{ role: 'user', content: 'three' }]);
  });
  test('has the key, its path and no name with a secret', () => {
    const { name, path, headers } = openAi({
      model: 'm',
      path: '/v1/x?key=s',
      key: 'sk',
      stream: false,
    }).turn(IDS, '1', 'general', 'text');
    assert.deepEqual([name, path], ['POST /v1/x', '/v1/x?key=s']);
    assert.deepEqual(headers, { 'Content-Type': 'application/json', Authorization: 'Bearer sk' });
    const { headers: open } = openAi({ model: 'm' }).turn(IDS, '1', 'general', 'text');
    assert.deepEqual(open, { 'Content-Type': 'application/json', Accept: 'text/event-stream' });
  });
});
