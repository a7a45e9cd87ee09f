/** The code of what is sent: a question, first words, answers to pings. Pure. */
import { lastName, type Leaf as SeenLeaf } from '../../probe/fields/leaves.ts';
import { isSecretName } from '../../probe/secretNames.ts';
import { USER_NAME } from '../chain/chain.ts';
import { placesIn } from '../chain/places.ts';
import type { Terms } from '../chain/terms.ts';
import type { QuestionId } from '../talk/ids.ts';
import type { Message } from '../talk/messages.ts';
import type { Reply } from '../talk/replies.ts';
import type { Access } from './access.ts';
import type { Notes } from './notes.ts';
import { leafTerm } from './requests.ts';
import { made, Made, termOf, type Leaf, type Term } from './term.ts';

/** The term of a question, of all that were recorded. */
export function questionTerm(
  questions: readonly Message[],
  textPath: string,
  id: QuestionId | undefined,
  terms: Terms,
  notes: Notes,
): Term {
  const replace = (path: string) => {
    if (path === textPath) return made('text');
    return path === id?.ours ? made(id.isNumber ? 'Number(id)' : 'id') : undefined;
  };
  const tell = (text: string) => notes.open('question', text);
  return seriesTerm(questions, terms, { place: 'questions', replace, tell, counts: id?.form === 'count' });
}

/** How several messages become one term. */
interface Series {
  place: string;
  /** What stands at a path whatever was recorded there. */
  replace: (path: string) => Term | undefined;
  /** Hears what differed for no reason that is known. */
  tell: (text: string) => void;
  /** Whether what counts up counts questions. */
  counts: boolean;
}

/** The term of a message that was sent several times. */
export function seriesTerm(
  messages: readonly Message[],
  terms: Terms,
  { place, replace, tell, counts }: Series,
): Term {
  const [first] = messages;
  if (first === undefined) return {};
  return termOf(first.value, (leaf, path) => {
    const given = replace(path);
    if (given !== undefined) return given;
    const values = messages.map(({ leaves }) => leaves.get(path));
    if (counts && isCount(values)) return made(typeof leaf === 'number' ? 'Number(id)' : 'id');
    const term = leafTerm(leaf, path, terms, place, first.at);
    const isSame = new Set(values).size === 1 || !first.leaves.has(path);
    if (!isSame && !(term instanceof Made)) tell(differs(place, path, values));
    return term;
  });
}

/** From one to the next by one. */
function isCount(values: readonly (SeenLeaf | undefined)[]): boolean {
  return (
    values.length > 1 &&
    values.every(
      (value, index) => /^\d{1,9}$/.test(String(value)) && Number(value) === Number(values[0]) + index,
    )
  );
}

function differs(place: string, path: string, values: readonly (SeenLeaf | undefined)[]): string {
  const how = isCount(values) ? 'counted up' : 'differed';
  return `In ${place}, ${path} ${how} from one to the next; here it is always that of the first.`;
}

/** The code that says messages which were recorded, one or several. */
export function framesCode(terms: readonly Term[], code: (term: Term) => string): string {
  const [only] = terms;
  if (only !== undefined && terms.length === 1) return code(only);
  return `[${terms.map(code).join(', ')}]`;
}

/** The term of first words; who says a password there says a name that belongs to it. */
export function helloTerm(value: unknown, at: number, terms: Terms): Term {
  const place = 'the first words';
  const hasPassword = placesIn(value).some(({ path, value: text }) => {
    return isSecretName(lastName(path)) && !terms.isRead(text);
  });
  return termOf(value, (leaf, path) => {
    const isUser = hasPassword && typeof leaf === 'string' && leaf !== '' && USER_NAME.test(lastName(path));
    return isUser && !terms.isRead(leaf)
      ? terms.setting(leaf, 'user', place)
      : leafTerm(leaf, path, terms, place, at);
  });
}

/** The term of a message that was sent once. */
export function messageTerm({ value, at }: Message, terms: Terms, place: string): Term {
  return termOf(value, (leaf: Leaf, path) => leafTerm(leaf, path, terms, place, at));
}

/** The term of what answers a message: values that it gives back are taken from that. */
export function replyTerm({ pairs }: Reply, terms: Terms, access: Access): Term {
  const [first] = pairs;
  if (first === undefined) return {};
  const [, reply] = first;
  return termOf(reply.value, (leaf, path) => {
    const isSame = pairs.every(([, one]) => one.leaves.get(path) === leaf);
    if (isSame && pairs.length > 1) return leafTerm(leaf, path, terms, 'answers to pings', reply.at);
    const given = [...first[0].leaves.keys()].find(
      (theirs) =>
        leaf !== null && pairs.every(([asked, one]) => asked.leaves.get(theirs) === one.leaves.get(path)),
    );
    return given === undefined || typeof leaf === 'boolean'
      ? leafTerm(leaf, path, terms, 'answers to pings', reply.at)
      : made(access.value(given));
  });
}
