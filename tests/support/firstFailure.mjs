/** A reporter of node:test that ends the process with 1 at the first failure, and says which it was. */
export default async function* firstFailure(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail') continue;
    process.stderr.write(`${data.name}\n`);
    process.exit(1);
  }
  yield '';
}
