/** The books of a run of chat sessions, with the chatbot's own words. */
import type { Share } from '../../report/derive/k6Data.ts';
import { booksOf } from '../../report/derive/measures.ts';
import type { RunSummary, StageSummary } from '../../report/derive/summary.ts';
import { chatStage, type ChatStage } from './chatStage.ts';

/** What tests ask of a run of chat sessions. */
export interface ChatBooks {
  sessions: {
    started: number;
    completed: number;
    failed: number;
    stopped: number;
    interrupted: number;
    success: Share;
  };
  questions: {
    sent: number;
    answered: number;
    failed: number;
    open: number;
    late: number;
    success: Share;
    averageConcurrent: number;
  };
  sockets: { attempted: number; opened: number; failed: number };
  messages: { sent: number; received: number; unknown: number };
}

/** Reads them from a summary. */
export function chatBooks(summary: RunSummary): ChatBooks {
  const session = booksOf(summary, 'session');
  const question = booksOf(summary, 'question');
  const socket = booksOf(summary, 'socket');
  const count = (metric: string) => summary.metrics[metric]?.['count'] ?? 0;
  return {
    sessions: {
      started: session.began,
      completed: session.good,
      failed: session.bad,
      stopped: session.stopped ?? 0,
      interrupted: session.open ?? 0,
      success: session.success,
    },
    questions: {
      sent: question.began,
      answered: question.good,
      failed: question.bad,
      open: question.open ?? 0,
      late: count('answers_late'),
      success: question.success,
      averageConcurrent: question.concurrent ?? 0,
    },
    sockets: { attempted: socket.began, opened: socket.good, failed: socket.bad },
    messages: {
      sent: count('messages_sent'),
      received: count('ws_msgs_received'),
      unknown: count('messages_unknown'),
    },
  };
}

/** A summary of which tests may ask `summary.questions.sent` and `stage.answerLatency`. */
export type ChatSummary<S extends RunSummary = RunSummary> = Omit<S, 'stages'> &
  ChatBooks & { stages: (StageSummary & ChatStage)[] };

/** The same summary, of a chatbot with these books; they are hidden, so that files made of it have no more than before. */
export function withChatBooks<S extends RunSummary>(summary: S): ChatSummary<S> {
  if (summary.vocabulary.system !== 'chatbot') return summary as unknown as ChatSummary<S>;
  for (const stage of summary.stages) hide(stage, chatStage(stage));
  hide(summary, chatBooks(summary));
  return summary as unknown as ChatSummary<S>;
}

function hide(object: object, books: object): void {
  for (const [name, value] of Object.entries(books))
    Object.defineProperty(object, name, { value: value as unknown, configurable: true });
}
