/** Bodies of forms, such as `name=anna&password=…`. Pure. */

/** Whether a body is one: pairs, and nothing that JSON begins with. */
export function isForm(body: string): boolean {
  return /^[\w.%+*~[\]-]+=[^\s{}"<]*$/.test(body);
}

/** Its pairs, or those of a query, decoded. */
export function pairsOfForm(body: string): [name: string, value: string][] {
  return [...new URLSearchParams(body)];
}
