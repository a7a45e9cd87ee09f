/** A reporter for node:test that names, after everything else, what was skipped and what is known to be wrong. */
export default async function* skipped(events) {
  const [notTested, knownWrong] = [[], []];
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.skip !== undefined) notTested.push(line(data.name, data.skip));
    if (type === 'test:fail' && data.todo !== undefined) knownWrong.push(line(data.name, data.todo));
  }
  yield* list('Not tested here', notTested);
  yield* list('Known to be wrong', knownWrong);
}

function line(name, reason) {
  return `  ${name}: ${typeof reason === 'string' && reason !== '' ? reason : 'no reason given'}\n`;
}

function* list(title, lines) {
  if (lines.length > 0) yield `\n${title} (${lines.length}):\n${lines.join('')}`;
}
