/** Alerts (`ALERT_WEBHOOK`): short messages to a chat, in the JSON that Slack and many others take. */
import type { Noun } from '../../lib/vocabulary/vocabulary.ts';
import type { Break } from './liveBreaks.ts';
import { breakText } from './liveLines.ts';
import type { Verdict } from '../../report/derive/verdict.ts';
import { note } from '../process/terminal.ts';

const TIMEOUT_MS = 5000;
/** What a log says may be a server's words. */
const LOG_TEXT = /(k6 wrote no summary and (?:ended with exit code \d+|was killed in mid-run)):[^]*/;

/** Sends alerts about one run. A failure is a line on stderr and changes nothing else. */
export class Alerts {
  private readonly webhook: string;
  private readonly script: string;
  private readonly level: Noun;
  private readonly tell: (line: string) => void;
  private readonly sent: Promise<void>[] = [];

  /** `level` is what a level counts; `tell` prints a line on stderr. */
  constructor(webhook: string, script: string, level: Noun, tell: (line: string) => void = note) {
    this.webhook = webhook;
    this.script = script;
    this.level = level;
    this.tell = tell;
  }

  /** A stage broke a limit. */
  broke(found: Break): void {
    this.send(`${this.script}: first break in ${breakText(found, this.level)}. The run goes on.`);
  }

  /** The run has ended. Resolves when every alert has been delivered or given up, at the latest after 5 s. */
  async ended({ result, sentence }: Verdict): Promise<void> {
    this.send(`${this.script}: ${result}, ${sentence.replace(LOG_TEXT, '$1')}`);
    await Promise.all(this.sent);
  }

  private send(text: string): void {
    this.sent.push(this.post(`Crescendo ${text}`));
  }

  private async post(text: string): Promise<void> {
    const problem = await post(this.webhook, JSON.stringify({ text: escaped(text) }));
    if (problem !== undefined) this.tell(`The alert was not delivered: ${problem} (ALERT_WEBHOOK).`);
  }
}

/** What went wrong, without the address; Node's own texts may hold it. */
async function post(webhook: string, body: string): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/json' };
    // A redirect would take the message, and what the address proves, to somebody else.
    const reply = await fetch(webhook, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await reply.body?.cancel();
    return reply.ok ? undefined : `the receiver answered with status ${reply.status}`;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return isLate ? `no reply within ${TIMEOUT_MS / 1000} s` : `the receiver can't be reached`;
  }
}

/** Slack's own three; the text holds nothing else that a chat would read as markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
