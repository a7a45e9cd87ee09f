/** Plain words between messages of JSON, such as `ping` and `pong`. Pure. */
import type { Frame } from '../../probe/frames.ts';
import { median } from './heartbeat.ts';

/** What they are for. */
export interface PlainWords {
  /** What the server says, and what the page answers. */
  replies: readonly (readonly [theirs: string, ours: string])[];
  /** What the page says again and again, and what the server answers. */
  heartbeat: { text: string; seconds: number; answer: string | undefined } | undefined;
  /** What else the server says. */
  ignored: readonly string[];
}

const LONGEST = 20;
const MOST = 4;

/** Whether texts are such words: short, few different ones, and less than the rest. */
export function areWords(words: readonly string[], others: number): boolean {
  return (
    words.every((word) => word.length <= LONGEST) && new Set(words).size <= MOST && words.length <= others * 2
  );
}

/** Sorts the words among frames by what follows what. */
export function plainWordsIn(frames: readonly Frame[], isWord: (text: string) => boolean): PlainWords {
  const words = frames
    .map(({ at, by, bytes }) => ({ at, by, text: bytes.toString() }))
    .filter(({ text }) => isWord(text));
  const next = (index: number) => words.slice(index + 1, index + 2);
  const pairs = (by: Frame['by']) =>
    words.flatMap((word, index) =>
      next(index).flatMap(({ by: other, text }) =>
        word.by === by && other !== by ? [[word.text, text] as const] : [],
      ),
    );
  const [first] = words;
  const theirs = [...new Set(words.filter(({ by }) => by === 'server').map(({ text }) => text))];
  if (first?.by !== 'us') return { replies: unique(pairs('server')), heartbeat: undefined, ignored: theirs };
  const times = words.filter(({ by, text }) => by === 'us' && text === first.text).map(({ at }) => at);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const answer = pairs('us').find(([ours]) => ours === first.text)?.[1];
  const seconds = gaps.length === 0 ? 0 : Math.max(1, Math.round(median(gaps) / 1000));
  return {
    replies: [],
    heartbeat: seconds === 0 ? undefined : { text: first.text, seconds, answer },
    ignored: theirs,
  };
}

function unique(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return [...new Map(pairs)];
}
