/** k6's REST API, read without ever disturbing the run: what can't be read is `undefined`. */

/** `running` of k6's execution states: the scenarios are at work. */
const RUNNING = 7;
const TIMEOUT_MS = 2000;

/** A metric as k6's REST API has it. */
export interface Metric {
  sample: Sample;
  /** k6 judged its thresholds, within the last 2 s, and one was crossed. */
  tainted: boolean;
}

/** Values of a metric: `count`, `rate`, `value` or `avg`, `p(95)` …; empty without samples. */
export type Sample = Readonly<Record<string, number>>;

/** A metric or sub-metric of the list, with `counter`, `trend`, `rate` or `gauge`. */
export interface ListedMetric {
  name: string;
  type: string;
  sample: Sample;
}

interface Attributes {
  type?: string;
  sample?: Sample;
  tainted?: boolean | null;
}

/** Reads one k6. */
export class RestApi {
  private readonly base: string;

  /** `address`: host and port. */
  constructor(address: string) {
    this.base = `http://${address}`;
  }

  /** Whether the scenarios are running: not before, not after. */
  async isRunning(): Promise<boolean | undefined> {
    const status = await this.status();
    return status === undefined ? undefined : status.status === RUNNING;
  }

  /** Whether the scenarios have ended; `undefined` when nothing answers, or something else than k6. */
  async isOver(): Promise<boolean | undefined> {
    const status = await this.status();
    return status?.status === undefined ? undefined : status.status > RUNNING;
  }

  private async status(): Promise<{ status?: number } | undefined> {
    const reply = await this.json<{ data?: { attributes?: { status?: number } } }>('/v1/status');
    return reply === undefined ? undefined : (reply.data?.attributes ?? {});
  }

  /** A metric or sub-metric such as `ws_sessions{status:502}`, over the run so far. */
  async sample(metric: string): Promise<Sample | undefined> {
    const reply = await this.attributes(metric);
    return reply === undefined ? undefined : (reply.sample ?? {});
  }

  /** A metric with k6's judgement; `undefined` as well when k6 has no such metric, or no sample of it. */
  async metric(metric: string): Promise<Metric | undefined> {
    const reply = await this.attributes(metric);
    return reply?.sample === undefined
      ? undefined
      : { sample: reply.sample, tainted: reply.tainted === true };
  }

  /** Everything that k6 keeps, with what thresholds name from the start; dear, for k6 sorts its Trends. */
  async list(): Promise<ListedMetric[] | undefined> {
    const reply = await this.json<{ data?: { id?: string; attributes?: Attributes }[] }>('/v1/metrics');
    return reply?.data?.map(({ id = '', attributes: { type = '', sample = {} } = {} }) => ({
      name: id,
      type,
      sample,
    }));
  }

  private async attributes(metric: string): Promise<Attributes | undefined> {
    const path = `/v1/metrics/${encodeURIComponent(metric)}`;
    const reply = await this.json<{ data?: { attributes?: Attributes } }>(path);
    return reply === undefined ? undefined : (reply.data?.attributes ?? {});
  }

  /** Total of a Counter. */
  async count(metric: string): Promise<number | undefined> {
    const sample = await this.sample(metric);
    return sample === undefined ? undefined : (sample['count'] ?? 0);
  }

  /** What k6 says of its own process, in Prometheus's text format. */
  async process(): Promise<string | undefined> {
    const reply = await this.get('/metrics');
    return reply?.ok === true ? readBody(reply) : undefined;
  }

  /** A metric that has no sample yet is a 404 with a JSON body. */
  private async json<Reply>(path: string): Promise<Reply | undefined> {
    const reply = await this.get(path);
    const text = reply === undefined ? undefined : await readBody(reply);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as Reply;
    } catch {
      return undefined;
    }
  }

  private async get(path: string): Promise<Response | undefined> {
    try {
      return await fetch(`${this.base}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      return undefined;
    }
  }
}

async function readBody(reply: Response): Promise<string | undefined> {
  try {
    return await reply.text();
  } catch {
    return undefined;
  }
}
