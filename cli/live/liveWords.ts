/**
 * What the live view must know of a system: its own words, or, of a script that nobody named, what k6's list of metrics
 * lets one see. Pure.
 */
import { classesOf } from '../../lib/words/failures.ts';
import {
  headlineOf,
  metricsOf,
  operationOf,
  type Column,
  type Metric,
  type Noun,
  type Operation,
  type PhaseWords,
  type Vocabulary,
} from '../../lib/vocabulary/vocabulary.ts';
import { HOUSE_METRICS } from '../../lib/vocabulary/houseMetrics.ts';
import { limitName } from '../../report/text/words.ts';
import type { ListedMetric } from '../k6/restApi.ts';

/** A class of failures. */
export interface LiveClass {
  /** As k6 names its sub-metrics: `phase:x,reason:y`. */
  tags: string;
  reason: string;
  /** Before its title. */
  prefix: string;
  /** What failed: a connection, something before the operations, or neither. */
  kind: 'connection' | 'setup' | 'other';
}

/** The words. */
export interface LiveWords {
  level: Noun;
  /** What visits are called. */
  visits: Noun;
  /** Undefined where nobody said which metrics are its counts. */
  visit: Operation | undefined;
  headline: Operation | undefined;
  /** Those of the stage table whose aggregates k6's REST API has. */
  columns: readonly Column[];
  metrics: Readonly<Record<string, Pick<Metric, 'kind' | 'unit'>>>;
  classes: readonly LiveClass[];
  /** The system's own words for classes. */
  reasons: Vocabulary['reasons'];
}

/** k6's REST API has no others. */
const KNOWN = ['count', 'rate', 'avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

/** The words of a system. */
export function liveWordsOf(vocabulary: Vocabulary): LiveWords {
  const { level, phases, operations } = vocabulary;
  const metrics = metricsOf(vocabulary);
  const visit = operationOf(vocabulary, vocabulary.visit);
  const ofOperations = Object.values(operations).map(({ phase }) => phase);
  const classes = classesOf(vocabulary).map(({ phase, reason }): LiveClass => {
    const words = phases[phase];
    const kind = words === undefined || ofOperations.includes(phase) ? 'other' : kindOf(words);
    return { tags: `phase:${phase},reason:${reason}`, reason, prefix: words?.prefix ?? '', kind };
  });
  return {
    level,
    visits: visit.noun,
    visit,
    headline: headlineOf(vocabulary),
    columns: vocabulary.columns.filter((column) => isLive(column, metrics)),
    metrics,
    classes,
    reasons: vocabulary.reasons,
  };
}

/** Not the rate of a Counter: k6's is over the whole run, a stage's is over its judged part. */
function isLive({ metric, aggregate, wide }: Column, metrics: LiveWords['metrics']): boolean {
  const isRateOfCounter = aggregate === 'rate' && metrics[metric]?.kind === 'counter';
  return wide !== true && KNOWN.includes(aggregate) && !isRateOfCounter;
}

function kindOf({ families, harmless }: PhaseWords): LiveClass['kind'] {
  if (families.includes('handshake')) return 'connection';
  return families.includes('rest') && harmless !== true ? 'setup' : 'other';
}

const VUS: Noun = { one: 'VU', many: 'VUs' };

/** What the list of a k6 without a vocabulary says: what it keeps apart for stages, and the classes of failures. */
export function wordsOfList(list: readonly ListedMetric[]): LiveWords {
  const perStage = list.flatMap(({ name, type }) => {
    const [, metric = ''] = /^(\w+)\{stage:1\}$/.exec(name) ?? [];
    return metric === '' || Object.hasOwn(HOUSE_METRICS, metric) ? [] : [{ metric, type }];
  });
  const columns = columnsOf(perStage);
  const metrics = perStage.map(({ metric, type }) => [metric, kindOfType(type)] as const);
  return {
    level: VUS,
    visits: VUS,
    visit: undefined,
    headline: undefined,
    columns,
    metrics: Object.fromEntries(metrics),
    classes: classesIn(list),
    reasons: undefined,
  };
}

function kindOfType(type: string): Pick<Metric, 'kind' | 'unit'> {
  if (type === 'trend') return { kind: 'trend', unit: 'ms' };
  return type === 'rate' ? { kind: 'rate', unit: 'share' } : { kind: 'counter', unit: 'count' };
}

/** Rates and the p95 of Trends; first those of what has both, which are operations. */
function columnsOf(perStage: readonly PerStage[]): Column[] {
  const stem = (metric: string) => metric.replace(/_[a-z]+$/, '');
  const names = perStage.filter(({ type }) => type === 'rate' || type === 'trend');
  const isOperation = ({ metric, type }: PerStage) =>
    names.some((other) => other.type !== type && stem(other.metric) === stem(metric));
  const place = ({ metric, type }: PerStage) => `${stem(metric)} ${type}`;
  const inOrder = names.sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const operations = inOrder.filter(isOperation);
  const others = inOrder.filter((one) => !isOperation(one));
  return [...operations, ...others].map(({ metric, type }) => {
    const aggregate = type === 'rate' ? 'rate' : 'p(95)';
    const title = limitName({ metric, aggregate });
    return { head: title, title, metric, aggregate };
  });
}

interface PerStage {
  metric: string;
  type: string;
}

/** Phases are what their classes say: only connections are refused a handshake, only REST calls have a bad body. */
function classesIn(list: readonly ListedMetric[]): LiveClass[] {
  const found = list.flatMap(({ name }) => {
    const [, tags, phase, reason] = /^failures\{(phase:(\w+),reason:(\w+))\}$/.exec(name) ?? [];
    return tags === undefined || phase === undefined || reason === undefined ? [] : [{ tags, phase, reason }];
  });
  const phasesWith = (reason: string) =>
    new Set(found.filter((one) => one.reason === reason).map(({ phase }) => phase));
  const [connections, calls] = [phasesWith('handshake_refused'), phasesWith('bad_body')];
  return found.map(({ tags, phase, reason }) => {
    const kind = connections.has(phase) ? 'connection' : calls.has(phase) ? 'setup' : 'other';
    return { tags, reason, prefix: `${phase}: `, kind };
  });
}
