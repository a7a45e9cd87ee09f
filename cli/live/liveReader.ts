/** Reads the figures of the live view: counters every second, latencies seldom, for k6 sorts them under its lock. */
import { inStage } from '../../lib/words/limits.ts';
import { FailureClasses, type FailureCount } from './liveFailures.ts';
import type { RestApi, Sample } from '../k6/restApi.ts';

/** Seconds over which messages are averaged. */
const WINDOW = 5;

/** One stage. Questions are those sent in its judged part. */
export interface StageCounts {
  sent: number;
  answered: number;
  /** Answered or failed. */
  decided: number;
  success: number | undefined;
}

/** With what k6's REST API says of the answers' latency: `avg`, `min`, `med`, `max`, `p(90)`, `p(95)`. */
export interface StageFigures extends StageCounts {
  latency: Sample;
}

/** What was read of a run at one moment; totals since its start. */
export interface Figures {
  sessions: { open: number; started: number; completed: number; failed: number; stopped: number };
  questions: { sent: number; answered: number; failed: number };
  /** Messages a second; `undefined` in the first second. */
  messages: { sent: number; received: number } | undefined;
  failures: { total: number; classes: FailureCount[] };
  stage: StageFigures | undefined;
  /** How long last chunks waited in the generator, in this stage. */
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
  private readonly failures: FailureClasses;
  private readonly messages: MessageCounts[] = [];
  private classes: FailureCount[] = [];
  private answers: Sample = {};
  private lag: Sample = {};
  private stageNumber: number | undefined;

  constructor(api: RestApi) {
    this.api = api;
    this.failures = new FailureClasses(api);
  }

  /** `elapsed`: milliseconds on the clock of the run. `thorough`: latencies and failure classes are read, too. */
  async read(stageNumber: number | undefined, elapsed: number, thorough: boolean): Promise<Figures> {
    const total = await this.count('failures');
    if (thorough) this.classes = await this.failures.read(total);
    const sessions = {
      open: await this.count('sessions_open'),
      started: await this.count('sessions_started'),
      completed: await this.count('sessions_completed'),
      failed: await this.count('sessions_failed'),
      stopped: await this.count('sessions_stopped'),
    };
    const questions = {
      sent: await this.count('questions_sent'),
      answered: await this.count('questions_answered'),
      failed: await this.count('questions_failed'),
    };
    const messages = await this.messagesPerSecond(elapsed);
    const stage = await this.currentStage(stageNumber, thorough);
    return {
      sessions,
      questions,
      messages,
      failures: { total, classes: this.classes },
      stage,
      lag: this.lag,
    };
  }

  /** Latency of a stage's answers. */
  async latency(number: number): Promise<Sample> {
    return (await this.api.sample(inStage('answer_latency', { number }))) ?? {};
  }

  /** Counts of a stage. */
  async stageCounts(number: number): Promise<StageCounts> {
    const sent = await this.count(inStage('questions_sent', { number }));
    const answered = await this.count(inStage('questions_answered', { number }));
    const isDecided = answered > 0 || sent > (await this.count('questions_open'));
    const rate = isDecided ? await this.api.sample(inStage('answer_success', { number })) : {};
    const success = rate?.['rate'];
    const decided = success ? Math.round(answered / success) : answered;
    return { sent, answered, decided, success };
  }

  /** Without a plan: the last stage in which a question was sent; `from`: what was found before, or 0. */
  async findStage(from: number): Promise<number> {
    let number = from;
    while ((await this.count(inStage('questions_sent', { number: number + 1 }))) > 0) number += 1;
    return number;
  }

  private async currentStage(
    number: number | undefined,
    thorough: boolean,
  ): Promise<StageFigures | undefined> {
    if (number !== this.stageNumber) [this.answers, this.lag] = [{}, {}];
    this.stageNumber = number;
    if (number === undefined) return undefined;
    const counts = await this.stageCounts(number);
    if (thorough && counts.answered > 0) {
      this.answers = await this.latency(number);
      this.lag = (await this.api.sample(inStage('generator_lag', { number }))) ?? this.lag;
    }
    return { ...counts, latency: this.answers };
  }

  private async messagesPerSecond(elapsed: number): Promise<Figures['messages']> {
    const [sent, received] = [await this.count('ws_msgs_sent'), await this.count('ws_msgs_received')];
    this.messages.push({ at: elapsed, sent, received });
    if (this.messages.length > WINDOW + 1) this.messages.shift();
    const first = this.messages[0];
    const seconds = (elapsed - (first?.at ?? elapsed)) / 1000;
    if (first === undefined || seconds <= 0) return undefined;
    return { sent: (sent - first.sent) / seconds, received: (received - first.received) / seconds };
  }

  private async count(metric: string): Promise<number> {
    return (await this.api.count(metric)) ?? 0;
  }
}
