/** The code of what is sent: a question, first words, answers to pings. Pure. */
import type { Leaf as SeenLeaf } from '../../probe/fields/leaves.ts';
import type { Terms } from '../chain/terms.ts';
import type { QuestionId } from '../talk/ids.ts';
import type { Message } from '../talk/messages.ts';
import type { Reply } from '../talk/replies.ts';
import type { Access } from './access.ts';
import { freshTerm } from './fresh.ts';
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
  const [first] = questions;
  if (first === undefined) return {};
  return termOf(first.value, (leaf, path) => {
    if (path === textPath) return made('text');
    if (path === id?.ours) return made(id.isNumber ? 'Number(id)' : 'id');
    const values = questions.map(({ leaves }) => leaves.get(path));
    const isSame = new Set(values).size === 1 || !first.leaves.has(path);
    if (isSame && typeof leaf === 'string' && questions.length > 1) return constant(leaf, path, terms, first);
    const term = leafTerm(leaf, path, terms, 'questions', first.at);
    if (!isSame && !(term instanceof Made)) notes.open('question', differs(path, values));
    return term;
  });
}

/** What was the same in several questions is not made anew for each, but for an id that the page made. */
function constant(leaf: string, path: string, terms: Terms, { at }: Message): Term {
  const term = terms.of(leaf, path, 'questions');
  return term instanceof Made ? term : (freshTerm(leaf, at) ?? leaf);
}

function differs(path: string, values: readonly (SeenLeaf | undefined)[]): string {
  const isCount = values.every(
    (value, index) => typeof value === 'number' && value === Number(values[0]) + index,
  );
  const how = isCount ? 'counted up' : 'differed';
  return `In questions, ${path} ${how} from one to the next; here it is always that of the first.`;
}

/** The code that says messages which were recorded, one or several. */
export function framesCode(terms: readonly Term[], code: (term: Term) => string): string {
  const [only] = terms;
  if (only !== undefined && terms.length === 1) return code(only);
  return `[${terms.map(code).join(', ')}]`;
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
