/** Limits on the rows of Locust's files: `{"*": ["p(99)<200"], "POST /v1/messages": ["failures<0.01"]}`. Pure. */
import { isPlainObject } from '../../lib/words/jsonFields.ts';
import { parseJson, type JsonText } from '../../lib/words/jsonText.ts';
import { InputError } from '../../lib/words/settings.ts';
import { LOCUST_PERCENTILES } from '../csv/locust.ts';

/** A limit on a row. */
export interface LocustLimit {
  /** `med`, `avg`, `min`, `max`, `p(95)`: ms. `failures`: a share. `rate`: requests a second. `count`: requests. */
  figure: string;
  operator: '<' | '<=' | '>' | '>=';
  bound: number;
}

/** Row → its limits; `*`: of the rows that are not named, but for the sum of all, `Aggregated`. */
export type LocustLimits = ReadonlyMap<string, readonly LocustLimit[]>;

/** For whoever has not said what is good enough. */
export const DEFAULT_LOCUST_LIMITS: LocustLimits = new Map([
  [
    '*',
    [
      { figure: 'p(95)', operator: '<', bound: 500 },
      { figure: 'p(99)', operator: '<', bound: 1000 },
      { figure: 'failures', operator: '<', bound: 0.01 },
    ],
  ],
]);

const SHAPE =
  'It must hold rows and their limits: {"*": ["p(95)<500", "failures<0.01"], "GET /health": ["p(99)<50"]}.';
const EXPRESSION =
  /^\s*(med|avg|min|max|failures|rate|count|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/;

/** Reads the text of a file of limits. Throws an InputError with everything that is wrong in it, each with its line. */
export function parseLocustLimits(text: string, file: string): LocustLimits {
  const json = parseJson(text, file, SHAPE);
  const { value, place } = json;
  if (!isPlainObject(value) || Object.keys(value).length === 0)
    throw new InputError([`${place()}: there are no limits. ${SHAPE}`]);
  const problems = [...json.repeated];
  const limits = Object.entries(value).map(([row, list]): [string, LocustLimit[]] => [
    row,
    limitsOf(row, list, place, problems),
  ]);
  if (problems.length > 0) throw new InputError(problems);
  return new Map(limits);
}

function limitsOf(row: string, list: unknown, place: JsonText['place'], problems: string[]): LocustLimit[] {
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(`${place(row)}: "${row}" must have a list of limits, for example ["p(95)<500"].`);
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const limit = limitIn(entry);
    if (typeof limit !== 'string') return [limit];
    problems.push(`${place(row, index)}: ${limit}`);
    return [];
  });
}

/** A text instead says what is wrong. */
function limitIn(entry: unknown): LocustLimit | string {
  const shown = JSON.stringify(entry);
  const [, figure = '', percentile, operator = '', bound = ''] = EXPRESSION.exec(String(entry)) ?? [];
  if (typeof entry !== 'string' || !isOperator(operator))
    return `${shown} is not a limit. Write med, avg, min, max, p(95), failures, rate or count, then <, <=, > or >= and a number, such as "p(95)<500".`;
  if (percentile !== undefined && !LOCUST_PERCENTILES.some((one) => one === Number(percentile)))
    return `${shown} needs a percentile that Locust does not keep. Use one of ${LOCUST_PERCENTILES.join(', ')}.`;
  if (figure === 'failures' && Number(bound) > 1)
    return `${shown} is a share of the requests, between 0 and 1. Did you mean failures${operator}${Number(bound) / 100}?`;
  return {
    figure: percentile === undefined ? figure : `p(${Number(percentile)})`,
    operator,
    bound: Number(bound),
  };
}

const isOperator = (text: string): text is LocustLimit['operator'] => ['<', '<=', '>', '>='].includes(text);
