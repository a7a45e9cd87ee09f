/** Failures by class while a run goes on, found with few questions to k6. */
import { HANDSHAKE_STATUSES, PHASES, reasonsOf } from '../../lib/words/failures.ts';
import { explain } from '../../report/derive/explain.ts';
import type { RestApi } from '../k6/restApi.ts';

/** One class. */
export interface FailureCount {
  title: string;
  count: number;
  /** Sessions in which it happened; the most that it can be where k6 does not keep them apart. */
  sessions: number;
}

/** Tags of a class, as k6 names its sub-metrics. */
type Class = `phase:${string},reason:${string}`;

const REFUSED: Class = 'phase:connect,reason:handshake_refused';

/** k6 keeps a metric for each class; this one asks for those that it has seen, and for others only when some are missing. */
export class FailureClasses {
  private readonly api: RestApi;
  private readonly counts = new Map<Class, number>();
  private readonly unseen: Class[] = PHASES.flatMap((phase) =>
    reasonsOf(phase).map((reason): Class => `phase:${phase},reason:${reason}`),
  );

  constructor(api: RestApi) {
    this.api = api;
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

  private async count(failure: Class): Promise<number> {
    const count = (await this.api.count(`failures{${failure}}`)) ?? this.counts.get(failure) ?? 0;
    if (count > 0) this.counts.set(failure, count);
    return count;
  }

  private async rows(failure: Class): Promise<FailureCount[]> {
    const count = this.counts.get(failure) ?? 0;
    const affected = (await this.api.count(`sessions_affected{${failure}}`)) || count;
    const [, reason = ''] = /reason:(.*)$/.exec(failure) ?? [];
    if (failure !== REFUSED) return [{ title: explain(reason).title, count, sessions: affected }];
    return this.refusedHandshakes(count, affected);
  }

  /** As the summary has them: k6 itself tells the statuses, and the rest has none. */
  private async refusedHandshakes(total: number, affected: number): Promise<FailureCount[]> {
    const rows: FailureCount[] = [];
    let rest = total;
    for (const status of HANDSHAKE_STATUSES) {
      const count = Math.min(rest, (await this.api.count(`ws_sessions{status:${status}}`)) ?? 0);
      rest -= count;
      const { title } = explain('handshake_refused', status);
      if (count > 0) rows.push({ title, count, sessions: Math.min(count, affected) });
    }
    const { title } = explain('handshake_refused');
    return rest > 0 ? [...rows, { title, count: rest, sessions: Math.min(rest, affected) }] : rows;
  }
}
