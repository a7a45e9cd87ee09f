/** Question pools and which questions a session asks. Pure. */
import { plural } from '../../lib/words/plural.ts';
import { isPlainObject } from '../../lib/words/jsonFields.ts';
import { parseJson, type JsonText } from '../../lib/words/jsonText.ts';
import { shuffled, type Random } from '../../lib/words/random.ts';
import { closest, InputError } from '../../lib/words/settings.ts';

/** Pool (course) → its questions. */
export type Pools = Record<string, string[]>;

/**
 * The questions of a session in the order in which it asks them: `texts[i]` belongs to `courses[i]`. Every VU keeps
 * them, and to k6 an object is half a kilobyte.
 */
export interface SessionQuestions {
  courses: string[];
  texts: string[];
}

/** How many questions a session takes from which pool. */
export interface Share {
  pool: string;
  count: number;
}

const SHAPE = 'It must hold JSON such as {"COURSE": ["question", "question"]}.';

/** Reads a pool file. Throws an InputError that names the file, the line and what is wrong there. */
export function parsePools(text: string, file: string): Pools {
  const json = parseJson(text, file, SHAPE);
  const { value, place, repeated } = json;
  if (!isPlainObject(value) || Object.keys(value).length === 0)
    throw new InputError([`${place()}: there are no pools. ${SHAPE}`]);
  const problems = [
    ...repeated,
    ...Object.entries(value).flatMap(([pool, questions]) => poolProblems(json, pool, questions)),
  ];
  if (problems.length > 0) throw new InputError(problems);
  return value as Pools;
}

function poolProblems({ place }: JsonText, pool: string, questions: unknown): string[] {
  if (!Array.isArray(questions) || questions.length === 0)
    return [`${place(pool)}: pool "${pool}" must be a list of questions and has none.`];
  return questions.flatMap((question: unknown, index) =>
    typeof question === 'string' && question.trim() !== ''
      ? []
      : [
          `${place(pool, index)}: question ${index + 1} of pool "${pool}" must be a text and is ${JSON.stringify(question)}.`,
        ],
  );
}

/** Reads `QUESTIONS`, such as `MED1060:20,BUMA1000:20`. A pool without a count is asked whole. */
export function parseShares(setting: string, pools: Pools): Share[] {
  const problems: string[] = [];
  const shares = setting.split(',').map((part): Share => {
    const [pool = '', count] = part.trim().split(':');
    const size = Object.hasOwn(pools, pool) ? pools[pool]?.length : undefined;
    if (size === undefined) {
      const meant = closest(pool, Object.keys(pools));
      const hint = meant ? `Did you mean ${meant}?` : `There are ${Object.keys(pools).join(', ')}.`;
      problems.push(`QUESTIONS is "${setting}": there is no pool "${pool}". ${hint}`);
    } else if (count !== undefined && !/^[1-9]\d*$/.test(count)) {
      problems.push(
        `QUESTIONS is "${setting}": "${count}" must be a whole number, for example ${pool}:${Math.min(size, 20)}.`,
      );
    } else if (count !== undefined && Number(count) > size) {
      problems.push(
        `QUESTIONS is "${setting}": pool ${pool} has only ${plural(size, 'question')}. Ask for ${size} or add some to the file.`,
      );
    }
    return { pool, count: Number(count ?? size) };
  });
  if (problems.length > 0) throw new InputError(problems);
  return shares;
}

/** Where a pool's questions stand in a flat list of all. */
export interface Slice extends Share {
  first: number;
  size: number;
}

/** All questions in one list, and each share's place in it. */
export interface QuestionList {
  texts: string[];
  slices: Slice[];
}

/** Puts the pools that the shares name into one list. */
export function flatten(pools: Pools, shares: readonly Share[]): QuestionList {
  const texts: string[] = [];
  const slices = shares.map((share) => {
    const questions = pools[share.pool] ?? [];
    const slice = { ...share, first: texts.length, size: questions.length };
    texts.push(...questions);
    return slice;
  });
  return { texts, slices };
}

/** Reads one text of the flat list. */
type TextAt = (index: number) => string;

/** The questions of a session: the first of each pool, pools in the order of the setting. */
export function inOrder(slices: readonly Slice[], textAt: TextAt): SessionQuestions {
  const questions: SessionQuestions = { courses: [], texts: [] };
  for (const { pool, first, count } of slices)
    for (let index = first; index < first + count; index++) add(questions, pool, textAt(index));
  return questions;
}

/** The questions of a session: drawn from each pool without repetition, then mixed. */
export function shuffle(slices: readonly Slice[], textAt: TextAt, random: Random): SessionQuestions {
  const drawn = slices.flatMap((slice) =>
    shuffled(indices(slice), random)
      .slice(0, slice.count)
      .map((index) => [slice.pool, index] as const),
  );
  const questions: SessionQuestions = { courses: [], texts: [] };
  for (const [pool, index] of shuffled(drawn, random)) add(questions, pool, textAt(index));
  return questions;
}

function add({ courses, texts }: SessionQuestions, pool: string, text: string): void {
  courses.push(pool);
  texts.push(text);
}

function indices({ first, size }: Slice): number[] {
  return Array.from({ length: size }, (_, index) => first + index);
}
