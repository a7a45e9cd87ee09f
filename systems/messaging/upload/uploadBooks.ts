/** The books of a user who uploads files: the visit, its files, their chunks, and bytes. */
import { now } from '../../../lib/k6/clock.ts';
import {
  BYTES_ACKNOWLEDGED,
  BYTES_FAILED,
  BYTES_SENT,
  FILE_SPEED,
  FIRST_SENT,
  LAST_ANSWERED,
  MAKING,
  PACE,
  RESUMED,
  SLOW,
  SLOWEST_INDEX,
  SLOWEST_TIME,
  TEN_MB,
} from '../../../lib/measures/uploads.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf } from '../../../lib/vu/operationBooks.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { addSince } from '../../../lib/vu/stageTag.ts';
import { visitBooks, type VisitBooks } from '../../../lib/vu/visitBooks.ts';
import type { Detail, Phase, Reason } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { Timed } from './slowest.ts';

/** Makes the function that begins the books of a VU's users; while the VU is initialised. */
export function uploadBooks(words: VuWords, slowChunkSeconds: number): (clock: StageClock) => UploadBooks {
  const begin = visitBooks(words);
  const ledger = uploadLedger(words, slowChunkSeconds * 1000);
  return (clock) => new UploadBooks(begin(clock), clock.startTime, ledger);
}

function uploadLedger(words: VuWords, slowMs: number) {
  return {
    file: booksOf(words, 'file'),
    chunk: booksOf(words, 'chunk'),
    slowMs,
    sent: metric(BYTES_SENT),
    acknowledged: metric(BYTES_ACKNOWLEDGED),
    failed: metric(BYTES_FAILED),
    pace: metric(PACE),
    slow: metric(SLOW),
    resumed: metric(RESUMED),
    speed: metric(FILE_SPEED),
    firstSent: metric(FIRST_SENT),
    lastAnswered: metric(LAST_ANSWERED),
    making: metric(MAKING),
    slowestTime: metric(SLOWEST_TIME),
    slowestIndex: metric(SLOWEST_INDEX),
    generatorLag: metric('generator_lag'),
  };
}

/** A chunk that was sent at `at`. */
export interface ChunkSent {
  at: number;
  bytes: number;
  /** Bytes of a full chunk of its file. */
  fullBytes: number;
}

/** The books of a user who has come; `end` must be called once. Times are epoch milliseconds. */
export class UploadBooks {
  readonly visit: VisitBooks;
  /** Chunks that the platform acknowledged. */
  acknowledged = 0;
  private readonly planBegan: number;
  private readonly ledger: ReturnType<typeof uploadLedger>;
  private readonly startedAt = now();
  private firstSentAt: number | undefined;
  private lastAnsweredAt = 0;

  /** `planBegan`: when the load began. */
  constructor(visit: VisitBooks, planBegan: number, ledger: ReturnType<typeof uploadLedger>) {
    this.visit = visit;
    this.planBegan = planBegan;
    this.ledger = ledger;
  }

  fileBegins(at: number): void {
    this.visit.operationBegins(at);
    this.ledger.file.began(at);
  }

  /** A file of so many bytes that began at `beganAt` is merged. */
  fileCompleted(beganAt: number, at: number, bytes: number): void {
    this.ledger.file.good(beganAt, at);
    addSince(beganAt, this.ledger.speed, (bytes * 1000) / Math.max(1, at - beganAt));
  }

  /** It is not. */
  fileFailed(beganAt: number, at: number, reason: Reason): void {
    this.ledger.file.bad(beganAt, at, reason);
  }

  /** The slowest chunks of file number `file`. */
  slowest(file: number, chunks: readonly Timed[]): void {
    const { slowestTime, slowestIndex } = this.ledger;
    for (const [place, { index, milliseconds }] of chunks.entries()) {
      const tags = { file: String(file), rank: String(place + 1) };
      this.visit.add(slowestTime, milliseconds, tags);
      this.visit.add(slowestIndex, index, tags);
    }
  }

  /** So many milliseconds went into the content and the checksums of a chunk. */
  made(milliseconds: number): void {
    this.visit.add(this.ledger.making, milliseconds);
  }

  /** A chunk is sent. */
  chunkSent({ at, bytes }: ChunkSent): void {
    this.visit.operationBegins(at);
    this.ledger.chunk.began(at);
    this.firstSentAt ??= at;
    addSince(at, this.ledger.sent, bytes);
  }

  /** Its body must be sent a second time, for its token had expired. */
  bytesAgain({ at, bytes }: ChunkSent): void {
    addSince(at, this.ledger.failed, bytes);
    addSince(at, this.ledger.sent, bytes);
  }

  /** It was acknowledged at `at`. */
  chunkAcknowledged({ at: sentAt, bytes, fullBytes }: ChunkSent, at: number): void {
    const { chunk, acknowledged, pace, slow, slowMs, generatorLag } = this.ledger;
    this.acknowledged++;
    this.lastAnsweredAt = at;
    chunk.good(sentAt, at);
    addSince(sentAt, acknowledged, bytes);
    addSince(sentAt, generatorLag, Math.max(0, now() - at));
    // A last chunk that is smaller is taken as a full one: what it costs besides its bytes would be multiplied.
    const perTenMb = ((at - sentAt) * TEN_MB) / fullBytes;
    addSince(sentAt, pace, perTenMb);
    if (perTenMb >= slowMs) addSince(sentAt, slow, 1);
  }

  /** It was not; whoever tries it again, or gives it up, books the failure. */
  chunkFailed({ at: sentAt, bytes }: ChunkSent, at: number, reason: Reason): void {
    this.ledger.chunk.bad(sentAt, at, reason);
    this.lastAnsweredAt = at;
    addSince(sentAt, this.ledger.failed, bytes);
  }

  /** A chunk is going to be sent once more. */
  resumes(): void {
    this.visit.add(this.ledger.resumed, 1);
  }

  /** What was tried again; the visit is no failed one for that. */
  fail(phase: Phase, reason: Reason, detail?: Detail): void {
    if (phase === 'chunk') this.resumes();
    this.visit.failForNow(phase, reason, detail);
  }

  /** A wait before a further attempt is in no figure. */
  waited(): void {
    return undefined;
  }

  /** The user is gone; `finished`: with all files tried. */
  end(finished: boolean): void {
    const { planBegan, firstSentAt, lastAnsweredAt, ledger, visit } = this;
    if (firstSentAt !== undefined && lastAnsweredAt > 0) {
      visit.add(ledger.firstSent, Math.max(0, firstSentAt - planBegan));
      visit.add(ledger.lastAnswered, Math.max(0, lastAnsweredAt - planBegan));
    }
    visit.held(this.startedAt, now());
    visit.end(finished);
  }
}
