/** Words that can't name anything of somebody's own in the files that are made. Pure. */

const RESERVED =
  'abstract any arguments as async await boolean break case catch class const constructor continue debugger declare ' +
  'default delete do else enum eval export extends false finally for from function get if implements import in ' +
  'infer instanceof interface is keyof let module namespace never new null number object of package private protected ' +
  'public readonly require return set static string super switch symbol this throw true try type typeof undefined ' +
  'unknown var void while with yield';
/** Names that the files have already. */
const OURS =
  'chatbot data dialect event frame hear id message options own reply script session setup settings text thresholds ' +
  'token user';

const WORDS = new Set(`${RESERVED} ${OURS}`.split(' '));

/** Whether a name is one of TypeScript's or of the files'. */
export function isTaken(name: string): boolean {
  return WORDS.has(name);
}
