/** What makes charts live: a script, its hash for the page's security policy, and a style. */

/** The bundled script of `client.ts`; a caller in Node reads it, for k6 has no use for it. */
export interface ChartCode {
  script: string;
  /** `sha256-…` of `script`, base64: the only script that the page may run. */
  hash: string;
  style: string;
}
