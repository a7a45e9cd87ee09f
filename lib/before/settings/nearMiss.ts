/** Which names of variables are slips of a setting's name, and not names that somebody else chose. Pure. */
import { editDistance } from '../../words/settings.ts';

/** Shorter names, all of one word, resemble too many other words. */
const LONG_NAME = 8;
/** In a shorter word another letter makes another word: TOKEN_PATH, TOKEN_HASH. */
const LONG_WORD = 6;

/**
 * Whether `name` is a slip of `setting`: misspelled (`ENCRYPTON_KEY`), in small letters (`ramp_max_sessions`), joined
 * otherwise (`RAMPMAX_SESSIONS`), or without the plural at its end (`RAMP_MAX_SESSION`). Another word is none, nor is another
 * number of one (`SESSION_PATH` for `SESSIONS_PATH`).
 */
export function isNearMiss(name: string, setting: string): boolean {
  if (setting.length < LONG_NAME) return false;
  const upper = name.toUpperCase();
  if (lettersOf(upper) === lettersOf(setting)) return true;
  const [words, meant] = [upper.split('_'), setting.split('_')];
  if (words.length > 1 && `${upper}S` === setting) return true;
  return (
    words.length === meant.length &&
    words.every((word, index) => word === meant[index] || isMisspelled(word, meant[index] ?? ''))
  );
}

/** `RAMPMAX` of `RAMP_MAX` and of `RAMP-MAX`. */
function lettersOf(name: string): string {
  return name.replace(/[_.-]/g, '');
}

function isMisspelled(word: string, meant: string): boolean {
  if (word === `${meant}S` || `${word}S` === meant) return false;
  if (word[0] !== meant[0] || editDistance(word, meant) !== 1) return false;
  const isSwapped = sorted(word) === sorted(meant);
  const hasOtherLength = word.length !== meant.length && word.at(-1) === meant.at(-1);
  return meant.length >= LONG_WORD || isSwapped || hasOtherLength;
}

function sorted(word: string): string {
  return Array.from(word).sort().join('');
}
