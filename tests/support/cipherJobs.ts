/** Work for tests/k6/ciphers.ts, so that lib/k6/encryption.ts is tested where it runs. */

/** Keys, ivs and messages of `hmac` and `decrypt-cbc` are hexadecimal. */
export type CipherJob =
  | { do: 'seal'; mode: string; key: string; text: string }
  | { do: 'open'; mode: string; key: string; frame: string }
  /** k6's own primitives, of which two modes are made. */
  | { do: 'decrypt-cbc'; key: string; iv: string; sealed: string }
  | { do: 'hmac'; key: string; message: string };

/** `refused`: the reason that the cipher gives, or `rejected` by WebCrypto. */
export interface CipherResult {
  frame?: string;
  hex?: string;
  text?: string;
  refused?: string;
}
