/** Modules that reach a script as text: every VU carries the text once for all, and only who needs it evaluates it. */

/** The exports of a module that was imported with `?text`. */
export function evaluate(source: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- our own text, put there by the build
  const run = new Function(`${source}; return exported;`) as () => unknown;
  return run();
}
