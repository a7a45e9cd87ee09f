// What the bench compares with: the same sessions in a plain k6 script, without any of our code.
import { check } from 'k6';
import encoding from 'k6/encoding';
import http from 'k6/http';
import { Trend } from 'k6/metrics';
import { WebSocket } from 'k6/websockets';

export const options = {
  scenarios: {
    bare: {
      executor: 'constant-vus',
      vus: Number(__ENV.SESSIONS),
      duration: `${__ENV.SECONDS}s`,
      gracefulStop: '10s',
    },
  },
  thresholds: { answer_latency: ['p(95)<5000', 'p(99)<10000'] },
};

const isPlain = __ENV.ENCRYPTION === 'none';
const answerLatency = new Trend('answer_latency', true);
const keyBytes = new Uint8Array(__ENV.ENCRYPTION_KEY.match(/../g).map((pair) => parseInt(pair, 16)));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function seal(key, text) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, encoder.encode(text)),
  );
  const frame = new Uint8Array(12 + sealed.length);
  frame.set(iv);
  frame.set(sealed, 12);
  return encoding.b64encode(frame.buffer);
}

async function open(key, frame) {
  const bytes = encoding.b64decode(frame);
  const opened = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: bytes.slice(0, 12) },
    key,
    bytes.slice(12),
  );
  return JSON.parse(decoder.decode(opened));
}

function importKey() {
  return crypto.subtle.importKey('raw', keyBytes.buffer, { name: 'AES-GCM' }, false, ['encrypt', 'decrypt']);
}

export default async function () {
  const key = isPlain ? undefined : await importKey();
  const json = { 'Content-Type': 'application/json' };
  const login = http.post(`${__ENV.API_BASE_URL}/auth/token`, JSON.stringify({ user: `user-${__VU}` }), {
    headers: json,
  });
  check(login, { 'logged in': (reply) => reply.status === 200 });
  const bearer = { Authorization: `Bearer ${login.json('token')}` };
  const session = http.post(`${__ENV.API_BASE_URL}/chat/sessions`, '{}', { headers: { ...json, ...bearer } });
  check(session, { 'session created': (reply) => reply.status === 201 });
  const { session_id: id, connection_id: connection } = session.json();

  const ws = new WebSocket(
    `${__ENV.WEBSOCKET_BASE_URL}/ws/chat?session_id=${id}&connection_id=${connection}`,
    null,
    { headers: { Origin: __ENV.API_BASE_URL, ...bearer }, tags: { name: 'chat' } },
  );
  let asked = 0;
  let sentAt = 0;
  const send = (frame) => {
    sentAt = Date.now();
    ws.send(frame);
  };
  const question = () => {
    asked++;
    const text = `Question ${asked}?`;
    return JSON.stringify({ type: 'question', id: crypto.randomUUID(), course: 'BENCH', text });
  };
  const ask = isPlain ? () => send(question()) : async () => send(await seal(key, question()));
  const answered = (message, event) => {
    answerLatency.add(event.timestamp - sentAt);
    check(message, { answered: () => true });
    if (asked < Number(__ENV.QUESTIONS_PER_SESSION)) return ask();
    ws.close();
  };
  const readPlain = (event) => {
    const message = JSON.parse(event.data);
    if (message.complete_response) answered(message, event);
  };
  const readSealed = async (event) => {
    const message = await open(key, event.data);
    if (message.complete_response) await answered(message, event);
  };
  ws.onopen = ask;
  ws.onmessage = isPlain ? readPlain : readSealed;
  await new Promise((resolve) => (ws.onclose = resolve));
  http.del(`${__ENV.API_BASE_URL}/chat/sessions/${id}`, null, {
    headers: bearer,
    tags: { name: 'delete session' },
  });
}
