/** Pages that chat by themselves when they are loaded, and set their title to "done". Each is the client of one back end. */

const page = (script: string) =>
  `<!doctype html><meta charset="utf-8"><title>chat</title><script type="module">${script}
document.title = 'done';
</script>`;

const COMMON = `
const call = async (method, path, token, body) => {
  const headers = { ...(body && { 'Content-Type': 'application/json' }), ...(token && { Authorization: 'Bearer ' + token }) };
  const reply = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  return reply.status === 204 ? undefined : reply.json();
};
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const opened = (socket) => new Promise((resolve) => (socket.onopen = resolve));
const QUESTIONS = ['Where do I find my grades?', 'Who teaches the course?', 'How long is the exam?'];
`;

/** Of the reference target: log-in, session, socket, three questions, clean-up. */
export const REFERENCE_PAGE = page(`${COMMON}
const { token } = await call('POST', '/auth/token', undefined, { user: 'anna.example' });
const { session_id, connection_id } = await call('POST', '/chat/sessions', token, {});
const query = new URLSearchParams({ session_id, connection_id, access_token: token });
const socket = new WebSocket('ws://' + location.host + '/ws/chat?' + query);
await opened(socket);
for (const text of QUESTIONS) {
  const id = crypto.randomUUID();
  const answered = new Promise((resolve) => {
    socket.onmessage = ({ data }) => JSON.parse(data).complete_response && resolve();
  });
  socket.send(JSON.stringify({ type: 'question', id, course: 'MED1060', text }));
  await answered;
  await pause(120);
}
socket.close(1000);
await call('DELETE', '/chat/sessions/' + session_id, token);
`);

/** Of the support desk: log-in, the token in the first frame, pings, parts and an end. */
export const DESK_PAGE = page(`${COMMON}
const { data } = await call('POST', '/v2/login', undefined, { name: 'anna.example' });
const socket = new WebSocket('ws://' + location.host + '/v2/live');
await opened(socket);
const heard = (event) => new Promise((resolve) => {
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.event === 'ping') socket.send(JSON.stringify({ action: 'pong' }));
    if (message.event === event) resolve();
  };
});
const welcome = heard('welcome');
socket.send(JSON.stringify({ action: 'auth', token: data.access_token }));
await welcome;
for (const [index, message] of QUESTIONS.entries()) {
  const end = heard('end');
  socket.send(JSON.stringify({ action: 'ask', ref: crypto.randomUUID(), topic: 'grades', message }));
  await end;
  await pause(100 + 50 * index);
}
socket.close(1000);
`);
