/** The books of an operation while a run goes on. */
import type { Operation } from '../../lib/words/vocabulary.ts';
import type { RestApi } from '../k6/restApi.ts';

/** Counts since the start of the run. */
export interface Books {
  began: number;
  good: number;
  bad: number;
  stopped: number;
  /** What is none of these. */
  open: number;
}

/** Reads them; `undefined` when k6 does not answer. What began is read first, so that `open` is never too many. */
export async function readBooks(api: RestApi, operation: Operation): Promise<Books | undefined> {
  const began = await api.count(operation.began.metric);
  if (began === undefined) return undefined;
  const good = (await api.count(operation.good.metric)) ?? 0;
  const bad = (await api.count(operation.bad.metric)) ?? 0;
  const stopped = operation.stopped === undefined ? 0 : ((await api.count(operation.stopped.metric)) ?? 0);
  return { began, good, bad, stopped, open: Math.max(0, began - good - bad - stopped) };
}
