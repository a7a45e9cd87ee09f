/** A user who uploads files, one after the other. */
import { delay, now } from '../../../lib/k6/clock.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { hideSecrets } from '../../../lib/vu/examples.ts';
import { createRetries, once } from '../../../lib/vu/retry.ts';
import { retryMetrics } from '../../../lib/vu/retryMetrics.ts';
import { StepFailed, type Reason } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { Login, loginLedger } from '../login/login.ts';
import { ChunkBuffer } from './chunkBuffer.ts';
import { uploadFile } from './fileUpload.ts';
import { uploadBooks, type UploadBooks } from './uploadBooks.ts';
import type { UploadVuConfig } from './uploadSettings.ts';

/** A broken chunk may be sound the next time: the server failed, or the bytes changed on their way. */
const RESUMED: readonly Reason[] = ['http_500', 'http_422', 'checksum'];

/**
 * Makes the visits of a VU; while it is initialised. Requests are made while their VU waits, so that its one buffer is
 * free again when the next chunk is made.
 */
export function uploadUser(config: UploadVuConfig, words: VuWords): RunVisit {
  const beginUser = uploadBooks(words, config.slowChunkSeconds);
  const ledger = loginLedger(words);
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay, RESUMED);
  const buffer = new ChunkBuffer();

  /** One user; resolves to whether any chunk was acknowledged. */
  return async (clock, user, iteration) => {
    hideSecrets(config.password);
    await delay(clock.startTime + (user - 1) * config.staggerSeconds * 1000 - now());
    const books = beginUser(clock);
    const attempt = retries?.(books, clock, user, iteration) ?? once;
    const login = new Login(books.visit, ledger, config, user, attempt);
    try {
      const uploader = { config, books, login, attempt, buffer, user };
      for (let file = 1; file <= config.files; file++) await step(books, () => uploadFile(uploader, file));
    } finally {
      books.end(true);
    }
    return books.acknowledged > 0;
  };
}

/** Books what fails; the next file may fare better. */
async function step({ visit }: UploadBooks, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    visit.fail(error.phase, error.reason, error.detail);
  }
}
