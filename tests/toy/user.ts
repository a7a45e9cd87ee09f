/** A guest of the toy system: connects, says ping and waits for the pong, ten times, leaves. */
import { Deadline, now, since } from '../../lib/k6/clock.ts';
import { openSocket, type Socket } from '../../lib/k6/socket.ts';
import type { RunVisit, System } from '../../lib/system.ts';
import type { COMMON } from '../../lib/before/settings/common.ts';
import { metric } from '../../lib/vu/metrics.ts';
import { booksOf } from '../../lib/vu/operationBooks.ts';
import { visitBooks } from '../../lib/vu/visitBooks.ts';
import { StepFailed, type Reason } from '../../lib/words/failures.ts';
import type { VuConfigOf } from '../../lib/words/sections.ts';
import type { VuWords } from '../../lib/vocabulary/vuWords.ts';
import before from './before.ts?text';

type ToyConfig = VuConfigOf<typeof COMMON>;

const PINGS = 10;
const PATIENCE_MS = 2000;
const nothing = (): void => undefined;

export const toy: System<null, ToyConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: false, socketPath: '' }),
    visits: () => guest(config, words),
    probes: () => guest(config, words),
  }),
};

function guest({ websocketBaseUrl, connectTimeoutSeconds }: ToyConfig, words: VuWords): RunVisit {
  const begin = visitBooks(words);
  const pings = booksOf(words, 'ping');
  const generatorLag = metric('generator_lag');
  const target = {
    url: websocketBaseUrl,
    name: 'toy',
    headers: {},
    timeoutMs: connectTimeoutSeconds * 1000,
    heartbeatMs: 0,
  };

  return async (clock) => {
    const visit = begin(clock);
    let ponged = 0;
    let said = 0;
    let sentAt = 0;
    let ended: () => void = nothing;
    const due = new Deadline(() => lose('answer_timeout'));
    const socket: Socket = openSocket(target, {
      message: (_text, timestamp) => {
        if (sentAt === 0) return;
        pings.good(sentAt, timestamp);
        generatorLag(since(timestamp));
        ponged++;
        settle();
      },
      lost: (reason) => lose(reason),
      pinged: nothing,
      ponged: nothing,
    });

    function lose(reason: Reason): void {
      if (sentAt === 0) return;
      pings.bad(sentAt, now(), reason);
      visit.fail('ping', reason, '', sentAt);
      settle();
    }

    function settle(): void {
      sentAt = 0;
      due.lift();
      ended();
    }

    function ask(): Promise<void> {
      return new Promise((resolve) => {
        ended = resolve;
        const at = now();
        if (!socket.send('ping')) return resolve();
        visit.operationBegins(at);
        pings.began(at);
        sentAt = at;
        said++;
        due.set(at + PATIENCE_MS);
      });
    }

    let openedAt = 0;
    try {
      await socket.opened;
      openedAt = now();
      while (said < PINGS && socket.isOpen() && clock.remaining(now()) > 0) await ask();
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      visit.fail('connect', error.reason, error.detail);
    }
    due.dispose();
    socket.close();
    if (openedAt > 0) visit.held(openedAt, now());
    visit.end(said === PINGS);
    await socket.handshakeOver;
    return ponged > 0;
  };
}
