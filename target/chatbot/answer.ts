/** An answer as a list of steps, whole or spoiled by a fault. */
import { randomUUID } from 'node:crypto';
import { codeOf } from '../faultName.ts';
import type { ChatbotFault } from './chatbotFaults.ts';
import { answerText } from './texts.ts';

/** A part of an answer. */
export interface Chunk {
  type: 'chunk';
  id: string;
  /** From 0, without gaps. */
  seq: number;
  text: string;
  /** True on the last chunk of an answer only. */
  complete_response: boolean;
}

/** One frame of an answer, whole or spoiled. */
export type ChunkStep =
  | { do: 'send'; chunk: Chunk }
  | { do: 'send-corrupt'; chunk: Chunk }
  | { do: 'send-garbage' }
  | { do: 'send-short' };

/** One thing to do while answering. */
export type Step =
  ChunkStep | { do: 'send-error'; id: string } | { do: 'close'; code: number } | { do: 'reset' };

/** Returns the chunks of a sound answer to the question `id`, the `number`-th of the server. */
export function chunksOf(id: string, number: number, count: number): Chunk[] {
  return Array.from({ length: count }, (_, seq) => ({
    type: 'chunk',
    id,
    seq,
    text: answerText(number + seq),
    complete_response: seq === count - 1,
  }));
}

/** Returns what a target does that answers with `chunks` and suffers `fault`. */
export function stepsOf(chunks: Chunk[], fault: ChatbotFault | undefined): Step[] {
  switch (fault) {
    case 'answer-silent':
      return [];
    case 'answer-error':
      return chunks.slice(0, 1).map(({ id }) => ({ do: 'send-error', id }));
    case 'answer-reset':
      return [...sendAll(openEnded(chunks.slice(0, 1))), { do: 'reset' }];
    case 'answer-close-1001':
    case 'answer-close-1011':
    case 'answer-close-4401':
      return [...sendAll(openEnded(chunks.slice(0, 1))), { do: 'close', code: codeOf(fault) }];
    case 'answer-bad-tag':
      return [...sendAll(chunks.slice(0, -1)), ...chunks.slice(-1).map(corrupt)];
    case 'answer-garbage':
      return [...sendAll(chunks.slice(0, -1)), { do: 'send-garbage' }];
    case 'answer-short-frame':
      return [{ do: 'send-short' }, ...sendAll(chunks)];
    default:
      return sendAll(rearranged(chunks, fault));
  }
}

function rearranged(chunks: Chunk[], fault: ChatbotFault | undefined): Chunk[] {
  const middle = Math.floor((chunks.length - 1) / 2);
  switch (fault) {
    case 'answer-incomplete':
      return openEnded(chunks);
    case 'answer-gap':
      return chunks.toSpliced(middle, 1);
    case 'answer-duplicate':
      return chunks.flatMap((chunk) => (chunk.seq === middle ? [chunk, chunk] : [chunk]));
    case 'answer-wrong-id':
      return withId(chunks, randomUUID());
    default:
      return chunks;
  }
}

function sendAll(chunks: Chunk[]): Step[] {
  return chunks.map((chunk) => ({ do: 'send', chunk }));
}

function corrupt(chunk: Chunk): Step {
  return { do: 'send-corrupt', chunk };
}

function openEnded(chunks: Chunk[]): Chunk[] {
  return chunks.map((chunk) => ({ ...chunk, complete_response: false }));
}

function withId(chunks: Chunk[], id: string): Chunk[] {
  return chunks.map((chunk) => ({ ...chunk, id }));
}
