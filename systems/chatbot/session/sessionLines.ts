/**
 * The lines of one session's log: parts of a box that can be told apart among thousands. Pure; it reaches scripts as
 * text (`./sessionLines.ts?text`), because only a VU that logs needs it.
 */
import type { Phase, Reason } from '../../../lib/words/failures.ts';
import { plain } from '../../../lib/words/plain.ts';
import { plural } from '../../../lib/words/plural.ts';
import type { AnswerResult } from '../answer.ts';
import type { ChatProtocol, ServerMessage } from '../dialect.ts';
import type { AskingSession } from '../asking/askingBooks.ts';
import type { TurnProtocol } from '../turns/turnDialect.ts';

/** What a log needs besides the session. */
interface LogSource {
  /** From 1. */
  number: number;
  /** Of the questions that were prepared, in their order. */
  courses: readonly string[];
  /** Phases whose failures don't make the session a failed one. */
  harmless: readonly Phase[];
  write: (line: string) => void;
  /** Milliseconds since the start of the run. */
  elapsed: () => number;
  /** VUs at work in this k6. */
  active: () => number;
  explain: (reason: Reason) => { title: string; why: string };
}

/** Both wrap what a session uses, so that sessions without a log have nothing to ask. */
export interface SessionLog {
  /** The same books, which tell the log from now on. */
  session: <S extends AskingSession>(session: S) => S;
  protocol: (protocol: ChatProtocol) => ChatProtocol;
  turns: (protocol: TurnProtocol) => TurnProtocol;
}

/** Characters of a text that are shown, and those that are looked at for them. */
const SHOWN = 60;
const READ = 400;

/** Begins the log of a session: the line of what was prepared. */
export function sessionLog(source: LogSource): SessionLog {
  const { number, courses, harmless, write, elapsed, active, explain } = source;
  const name = `session ${number}`;
  let sent = 0;
  let answered = 0;
  let failed = false;
  let openId: string | undefined;
  let openQuestion = '';
  /** Beginning of the open question's answer. */
  let preview = '';

  const line = (corner: string, ...parts: string[]): void =>
    write(`${corner} ${[name, ...parts].filter((part) => part !== '').join(' │ ')}`);
  const situation = (): string => `at ${seconds(elapsed())}, ${plural(active(), 'VU')} active`;
  const place = (): string => `${sent}/${courses.length}`;

  line('┌', `${plural(courses.length, 'question')} prepared: ${perCourse(courses)}`, situation());

  function question(id: string, course: string, text: string): void {
    openId = id;
    openQuestion = `${shown(course)} │ ${shown(text)}`;
    preview = '';
  }

  function heard(id: string | null, text: string): void {
    if ((id === null || id === openId) && preview.length < READ) preview += text.slice(0, READ);
  }

  function questionSent(): void {
    sent++;
    line('│', `question ${place()} ${situation()}`, openQuestion);
  }

  function questionAnswered({ chunks }: AnswerResult, latencyMs: number): void {
    answered++;
    line('│', `response ${place()} after ${seconds(latencyMs)}, ${plural(chunks, 'chunk')}`, shown(preview));
  }

  function questionFailed(reason: Reason, waitedMs: number): void {
    failed = true;
    line('│', `question ${place()} failed after ${seconds(waitedMs)}: ${inWords(reason)}`);
  }

  function fail(phase: Phase, reason: Reason): void {
    if (!harmless.includes(phase)) failed = true;
    line('│', `${phase} failed: ${inWords(reason)}`);
  }

  function inWords(reason: Reason): string {
    const { title, why } = explain(reason);
    return `${title} (${reason}): ${why}`;
  }

  function end(finished: boolean): void {
    const outcome = failed ? 'failed' : finished ? 'completed' : 'stopped by the plan';
    const success = sent === 0 ? 'nothing asked' : `success ${Math.floor((answered / sent) * 100)} %`;
    line('└', `${outcome}: ${sent} sent, ${answered} received, ${success}`, situation());
  }

  function told(message: ServerMessage): ServerMessage {
    if (message.type === 'chunk') heard(message.id, message.text);
    return message;
  }

  /** However it reads. */
  function reading({ read, readFrame }: ChatProtocol): Pick<ChatProtocol, 'read' | 'readFrame'> {
    return {
      ...(read && { read: (message) => told(read(message)) }),
      ...(readFrame && { readFrame: (frame, hear) => readFrame(frame, (message) => hear(told(message))) }),
    };
  }

  function telling(books: AskingSession): Partial<AskingSession> {
    const [sentTo, answeredTo] = [books.questionSent.bind(books), books.questionAnswered.bind(books)];
    const [failedTo, failTo] = [books.questionFailed.bind(books), books.fail.bind(books)];
    const endTo = books.end.bind(books);
    return {
      questionSent: (at) => {
        questionSent();
        sentTo(at);
      },
      questionAnswered: (answer, sentAt, at) => {
        questionAnswered(answer, at - sentAt);
        answeredTo(answer, sentAt, at);
      },
      questionFailed: (reason, sentAt, at, detail) => {
        questionFailed(reason, at - sentAt);
        failedTo(reason, sentAt, at, detail);
      },
      fail: (phase, reason, detail) => {
        fail(phase, reason);
        failTo(phase, reason, detail);
      },
      end: (finished) => {
        endTo(finished);
        end(finished);
      },
    };
  }

  return {
    session: (books) => Object.assign(books, telling(books)),
    protocol: (protocol) =>
      Object.assign(Object.create(protocol) as ChatProtocol, {
        question: (id: string, course: string, text: string) => {
          question(id, course, text);
          return protocol.question(id, course, text);
        },
        ...reading(protocol),
      }),
    turns: (protocol) => ({
      ...protocol,
      turn: (ids, id, course, text) => {
        question(id, course, text);
        return protocol.turn(ids, id, course, text);
      },
      readBody: (body, hear) => protocol.readBody(body, (message, piece) => hear(told(message), piece)),
    }),
  };
}

function perCourse(courses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const course of courses) counts.set(course, (counts.get(course) ?? 0) + 1);
  return [...counts].map(([course, count]) => `${shown(course)} ${count}`).join(', ');
}

/** The beginning of a text on one line, without anything that a terminal would obey or hide. */
function shown(text: string): string {
  const characters = Array.from(plain(text.slice(0, READ)).replace(/ +/g, ' ').trim());
  if (characters.length <= SHOWN && text.length <= READ) return characters.join('');
  return `${characters.slice(0, SHOWN).join('').trimEnd()}…`;
}

function seconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}
