/** Reads the figures of the live view: counters every second, latencies seldom, for k6 sorts them under its lock. */
import { inStage } from '../../lib/words/limits.ts';
import type { Operation } from '../../lib/vocabulary/vocabulary.ts';
import type { RestApi, Sample } from '../k6/restApi.ts';
import { FailureClasses, type FailureCount } from './liveFailures.ts';
import type { LiveWords } from './liveWords.ts';

/** Seconds over which messages are averaged. */
const WINDOW = 5;

/** Values of a stage by metric, without those that have none yet. */
export type Samples = Readonly<Record<string, Sample>>;

/** The books of an operation since the start of the run. */
export interface Books {
  began: number;
  good: number;
  bad: number;
  stopped: number;
  /** What is none of these. */
  open: number;
}

/** One stage. */
export interface StageFigures {
  /** Operations of the headline that began in its judged part; 0 where nobody counts them. */
  began: number;
  /** Those that have ended. */
  ended: number;
  samples: Samples;
}

/** What was read of a run at one moment; totals since its start. */
export interface Figures {
  /** `undefined` where nobody knows the counts. */
  visits: Books | undefined;
  headline: Books | undefined;
  /** VUs at work, where nothing else is known. */
  vus: number | undefined;
  /** Messages a second; `undefined` in the first second, and where there are none. */
  messages: { sent: number; received: number } | undefined;
  failures: { total: number; classes: FailureCount[] };
  stage: StageFigures | undefined;
  /** How long what ended operations waited in the generator, in this stage. */
  lag: Sample;
}

interface MessageCounts {
  at: number;
  sent: number;
  received: number;
}

/** Reads one k6; remembers what is dear to read. */
export class LiveReader {
  private readonly api: RestApi;
  private readonly words: LiveWords;
  private readonly failures: FailureClasses;
  private readonly messages: MessageCounts[] = [];
  private classes: FailureCount[] = [];
  private trends: Samples = {};
  private lag: Sample = {};
  private stageNumber: number | undefined;

  constructor(api: RestApi, words: LiveWords) {
    this.api = api;
    this.words = words;
    this.failures = new FailureClasses(api, words);
  }

  /** `elapsed`: milliseconds on the clock of the run. `thorough`: latencies and failure classes are read, too. */
  async read(stageNumber: number | undefined, elapsed: number, thorough: boolean): Promise<Figures> {
    const { visit, headline } = this.words;
    const total = await this.count('failures');
    if (thorough) this.classes = await this.failures.read(total);
    const books = headline && (await readBooks(this.api, headline));
    const visits = visit === headline ? books : visit && (await readBooks(this.api, visit));
    return {
      visits,
      headline: books,
      vus: visit === undefined ? (await this.api.sample('vus'))?.['value'] : undefined,
      messages: await this.messagesPerSecond(elapsed),
      failures: { total, classes: this.classes },
      stage: await this.currentStage(stageNumber, thorough),
      lag: this.lag,
    };
  }

  /** All figures of a stage, the dear ones too. */
  async wholeStage(number: number): Promise<StageFigures> {
    const counts = await this.stageCounts(number);
    return { ...counts, samples: { ...counts.samples, ...(await this.trendsOf(number)) } };
  }

  /** Figures of a stage without its Trends. */
  async stageCounts(number: number): Promise<StageFigures> {
    const { headline, columns } = this.words;
    const began = await this.inStage(number, headline?.began.metric);
    const good = await this.inStage(number, headline?.good.metric);
    const isDecided = await this.isDecided(began, good);
    const names = columns.map(({ metric }) => metric).filter((metric) => !this.isTrend(metric));
    const read = await this.samplesOf(number, [...names, ...(headline ? [headline.success] : [])]);
    const samples = isDecided ? read : without(read, headline?.success);
    const rate = headline && samples[headline.success]?.['rate'];
    return { began, ended: rate ? Math.round(good / rate) : good, samples };
  }

  /** Without a plan: the last stage in which anything was counted; `from`: what was found before, or 0. */
  async findStage(from: number): Promise<number> {
    let number = from;
    while (await this.hasAnything(number + 1)) number += 1;
    return number;
  }

  private async hasAnything(number: number): Promise<boolean> {
    for (const { metric } of this.words.columns) {
      const sample = (await this.api.sample(inStage(metric, { number }))) ?? {};
      if (Object.values(sample).some((value) => value > 0)) return true;
    }
    return false;
  }

  /** k6 says 0 of a Rate without samples, too. */
  private async isDecided(began: number, good: number): Promise<boolean> {
    const { headline } = this.words;
    if (headline === undefined || good > 0) return true;
    return began > ((await readBooks(this.api, headline))?.open ?? 0);
  }

  private async currentStage(
    number: number | undefined,
    thorough: boolean,
  ): Promise<StageFigures | undefined> {
    if (number !== this.stageNumber) [this.trends, this.lag] = [{}, {}];
    this.stageNumber = number;
    if (number === undefined) return undefined;
    if (thorough) {
      this.trends = await this.trendsOf(number);
      this.lag = (await this.samplesOf(number, ['generator_lag']))['generator_lag'] ?? this.lag;
    }
    const counts = await this.stageCounts(number);
    return { ...counts, samples: { ...counts.samples, ...this.trends } };
  }

  private trendsOf(number: number): Promise<Samples> {
    const names = this.words.columns.map(({ metric }) => metric).filter((metric) => this.isTrend(metric));
    const latency = this.words.headline?.latency;
    return this.samplesOf(number, latency === undefined ? names : [...names, latency]);
  }

  private isTrend(metric: string): boolean {
    return this.words.metrics[metric]?.kind === 'trend';
  }

  /** Without Trends that have no samples: k6 says 0 of them. */
  private async samplesOf(number: number, names: readonly string[]): Promise<Samples> {
    const samples: Record<string, Sample> = {};
    for (const name of new Set(names)) {
      const sample = await this.api.sample(inStage(name, { number }));
      if (sample !== undefined && sample['max'] !== 0) samples[name] = sample;
    }
    return samples;
  }

  private async messagesPerSecond(elapsed: number): Promise<Figures['messages']> {
    const [sent, received] = [await this.count('ws_msgs_sent'), await this.count('ws_msgs_received')];
    if (sent + received === 0) return undefined;
    this.messages.push({ at: elapsed, sent, received });
    if (this.messages.length > WINDOW + 1) this.messages.shift();
    const first = this.messages[0];
    const seconds = (elapsed - (first?.at ?? elapsed)) / 1000;
    if (first === undefined || seconds <= 0) return undefined;
    return { sent: (sent - first.sent) / seconds, received: (received - first.received) / seconds };
  }

  private async inStage(number: number, metric: string | undefined): Promise<number> {
    return metric === undefined ? 0 : this.count(inStage(metric, { number }));
  }

  private async count(metric: string): Promise<number> {
    return (await this.api.count(metric)) ?? 0;
  }
}

function without(samples: Samples, name: string | undefined): Samples {
  return Object.fromEntries(Object.entries(samples).filter(([metric]) => metric !== name));
}

/**
 * Reads the books of an operation; `undefined` when k6 does not answer, if only once. What began is read first, so that
 * `open` is never too many.
 */
export async function readBooks(api: RestApi, operation: Operation): Promise<Books | undefined> {
  const began = await api.count(operation.began.metric);
  const good = await api.count(operation.good.metric);
  const bad = await api.count(operation.bad.metric);
  const stopped = operation.stopped === undefined ? 0 : await api.count(operation.stopped.metric);
  if (began === undefined || good === undefined || bad === undefined || stopped === undefined)
    return undefined;
  return { began, good, bad, stopped, open: Math.max(0, began - good - bad - stopped) };
}
