/** What Prometheus is told. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counts } from '../counts.ts';
import type { MessagingEndpoint } from './messagingEndpoints.ts';
import type { MessagingCounters } from './messagingStats.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30];

/**
 * The metrics of one target, in a registry of its own. What is counted for the stats already is read from there when
 * somebody asks; only the time of each request is kept besides.
 */
export class MessagingMetrics {
  private readonly registry = new Registry();
  private readonly durations: Histogram<'endpoint'>;
  private knowsProcess = false;

  /** `counters` are read whenever somebody asks. */
  constructor(counters: MessagingCounters) {
    this.durations = new Histogram({
      name: 'messaging_request_duration_seconds',
      help: 'From the head of a request to the end of its answer, by endpoint.',
      labelNames: ['endpoint'],
      buckets: SECONDS,
      registers: [this.registry],
    });
    this.addRequests(counters);
    this.addTokens(counters);
    this.addGauge('messaging_sockets_open', 'Open sockets.', () => counters.sockets.open);
    this.addGauge('messaging_subscriptions', 'Subscriptions.', () => counters.sockets.subscriptions);
    this.addGauge(
      'messaging_notifications_pending',
      'Notifications that wait.',
      () => counters.notifications.pending,
    );
    this.addGauge('messaging_files_open', 'Uploads not completed yet.', () => counters.files.open);
    const totals: [name: string, help: string, read: () => number][] = [
      ['messages', 'Messages taken.', () => counters.messages],
      ['sockets_opened', 'Sockets opened.', () => counters.sockets.upgrades],
      ['notifications_due', 'Notifications asked for.', () => counters.notifications.due],
      ['notifications_sent', 'Notifications sent.', () => counters.notifications.sent],
      ['files_completed', 'Files completed.', () => counters.files.completed],
      ['chunks_stored', 'Chunks kept.', () => counters.chunks.stored],
      ['bytes_uploaded', 'Bytes of chunks kept.', () => counters.chunks.bytesStored],
      ['bytes_received', 'Bytes of chunks read.', () => counters.chunks.bytesReceived],
    ];
    for (const [name, help, read] of totals) this.addTotal(`messaging_${name}_total`, help, read);
  }

  /** Takes the time of a request that was answered. */
  observe(endpoint: MessagingEndpoint, milliseconds: number): void {
    this.durations.observe({ endpoint }, milliseconds / 1000);
  }

  /** Returns everything as Prometheus' text, and its Content-Type. Rejects never. */
  async show(): Promise<{ type: string; text: string }> {
    // Watching the process costs time, so it begins with the first question.
    if (!this.knowsProcess) collectDefaultMetrics({ register: this.registry });
    this.knowsProcess = true;
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  private addRequests({ endpoints }: MessagingCounters): void {
    new Counter({
      name: 'messaging_requests_total',
      help: 'Requests answered, by endpoint and HTTP status.',
      labelNames: ['endpoint', 'status'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [endpoint, { answered }] of Object.entries(endpoints))
          for (const [status, count] of Object.entries(answered)) this.inc({ endpoint, status }, count);
      },
    });
  }

  private addTokens({ tokens }: MessagingCounters): void {
    const add = (name: string, label: string, help: string, read: () => Counts): void => {
      new Counter({
        name,
        help,
        labelNames: [label],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
        },
      });
    };
    this.addTotal('messaging_tokens_issued_total', 'Tokens issued.', () => tokens.issued);
    add(
      'messaging_tokens_refused_total',
      'error',
      'Requests and upgrades refused for their token.',
      () => tokens.refused,
    );
  }

  private addTotal(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  private addGauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
