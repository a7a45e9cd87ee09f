/** Failures by class while a run goes on, found with few questions to k6. */
import { HANDSHAKE_STATUSES } from '../../lib/words/failures.ts';
import { explain } from '../../report/derive/explain.ts';
import type { RestApi } from '../k6/restApi.ts';
import type { LiveClass, LiveWords } from './liveWords.ts';

/** One class. */
export interface FailureCount extends Pick<LiveClass, 'kind'> {
  title: string;
  count: number;
  /** Visits in which it happened; the most that it can be where k6 does not keep them apart. */
  visits: number;
  /** HTTP status, where it is one. */
  status?: number;
}

const REFUSED = 'handshake_refused';

/** k6 keeps a metric for each class; this one asks for those that it has seen, and for others only when some are missing. */
export class FailureClasses {
  private readonly api: RestApi;
  private readonly reasons: LiveWords['reasons'];
  private readonly counts = new Map<LiveClass, number>();
  private readonly unseen: LiveClass[];

  constructor(api: RestApi, { classes, reasons }: Pick<LiveWords, 'classes' | 'reasons'>) {
    this.api = api;
    this.reasons = reasons;
    this.unseen = [...classes];
  }

  /** The classes of `total` failures, the most frequent first. */
  async read(total: number): Promise<FailureCount[]> {
    if (total === 0) return [];
    for (const known of this.counts.keys()) await this.count(known);
    await this.findMore(total);
    const classes = [...this.counts.keys()];
    const counts: FailureCount[] = [];
    for (const known of classes) counts.push(...(await this.rows(known)));
    return counts.sort((a, b) => b.count - a.count);
  }

  private async findMore(total: number): Promise<void> {
    const sum = () => [...this.counts.values()].reduce((a, b) => a + b, 0);
    for (let left = this.unseen.length; left > 0 && sum() < total; left--) {
      const next = this.unseen.shift();
      if (next !== undefined && (await this.count(next)) === 0) this.unseen.push(next);
    }
  }

  private async count(failure: LiveClass): Promise<number> {
    const now = await this.api.count(`failures{${failure.tags}}`);
    const count = now ?? this.counts.get(failure) ?? 0;
    if (count > 0) this.counts.set(failure, count);
    return count;
  }

  private async rows(failure: LiveClass): Promise<FailureCount[]> {
    const { tags, reason, kind } = failure;
    const count = this.counts.get(failure) ?? 0;
    const visits = (await this.api.count(`sessions_affected{${tags}}`)) || count;
    if (reason === REFUSED) return this.refusedHandshakes(failure, count, visits);
    const [, status] = /^http_(\d+)$/.exec(reason) ?? [];
    const row = { title: this.titleOf(failure), count, visits, kind };
    return [status === undefined ? row : { ...row, status: Number(status) }];
  }

  /** As the summary has them: k6 itself tells the statuses, and the rest has none. */
  private async refusedHandshakes(
    failure: LiveClass,
    total: number,
    affected: number,
  ): Promise<FailureCount[]> {
    const { kind } = failure;
    const rows: FailureCount[] = [];
    let rest = total;
    for (const status of HANDSHAKE_STATUSES) {
      const count = Math.min(rest, (await this.api.count(`ws_sessions{status:${status}}`)) ?? 0);
      rest -= count;
      const title = this.titleOf(failure, status);
      if (count > 0) rows.push({ title, count, visits: Math.min(count, affected), kind, status });
    }
    const title = this.titleOf(failure);
    return rest > 0 ? [...rows, { title, count: rest, visits: Math.min(rest, affected), kind }] : rows;
  }

  private titleOf({ prefix, reason }: LiveClass, status?: number): string {
    return `${prefix}${explain(reason, status, this.reasons).title}`;
  }
}
