/** Which names stand before a secret. Pure. */

const WORDS = new Set(
  (
    'token key secret password passwd passcode passphrase pwd pass auth oauth authorization sig signature jwt ' +
    'cookie credential bearer'
  ).split(' '),
);
/** Of words that are written as one. */
const ENDS =
  /(token|secret|password|passwd|passcode|jwt|signature|credential|(api|access|secret|private|auth)key)$/;

/** Whether a header, a parameter or a field of this name holds a secret: `Authorization`, `access_token`, `apiKey`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words
    .flatMap((word) => [word, word.replace(/s$/, '')])
    .some((word) => WORDS.has(word) || ENDS.test(word));
}

/** Whether a number under this name counts tokens, as language models do: `max_tokens`. */
export function countsTokens(name: string): boolean {
  return /tokens$/i.test(name);
}
