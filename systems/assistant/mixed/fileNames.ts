/** The files of one run. Pure. */

/** The name of the file of one client; `prefix`: what the keys of the run begin with. */
export function fileName(prefix: string, client: number): string {
  return `${prefix.replaceAll(/[^\w.-]/g, '-')}-${client}.txt`;
}
