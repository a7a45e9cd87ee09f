/** Where the sessions of a VU have their questions and their user from. */
import type { VuParts } from '../../../lib/system.ts';
import { seededRandom } from '../../../lib/words/random.ts';
import type { ScriptSettings, Values } from '../../../lib/words/sections.ts';
import type { ChatFacts } from '../chatFacts.ts';
import { inOrder, shuffle, type SessionQuestions } from '../questions.ts';
import type { SessionConfig } from '../settings.ts';
import type { Questions, Users } from '../user.ts';
import type { Credentials } from '../client/users.ts';

/** What they need of what was prepared. */
type Parts = Pick<VuParts<ChatFacts, SessionConfig>, 'facts' | 'textAt'> & {
  config: Pick<SessionConfig, 'questionOrder' | 'seed'>;
};

type ProbeSettings = Pick<SessionConfig, 'answerTimeoutSeconds' | 'sessionLog'>;

/** A VU keeps the questions of its session, and draws them anew only when they differ. */
export function questionSource({ config, facts: { slices }, textAt }: Parts): Questions {
  const { questionOrder, seed } = config;
  let same: SessionQuestions | undefined;
  return (vu, iteration) => {
    if (questionOrder === 'order') return (same ??= inOrder(slices, textAt));
    return shuffle(slices, textAt, seededRandom(seed, vu, iteration));
  };
}

/** Each VU has a user of its own as long as there are enough of them. */
export function userSource({ facts: { users }, textAt }: Pick<Parts, 'facts' | 'textAt'>): Users | undefined {
  if (users.count === 0) return undefined;
  return (vu) => JSON.parse(textAt(users.from + ((vu - 1) % users.count))) as Credentials;
}

/** The settings of visits that wait for their one answer only so long. */
export function probeConfig<C extends ProbeSettings>(config: C, longestSeconds: number): C {
  const answerTimeoutSeconds = Math.min(config.answerTimeoutSeconds, longestSeconds);
  return { ...config, answerTimeoutSeconds, sessionLog: 0 };
}

/** One question instead of all. */
export function firstOf(questions: Questions): Questions {
  return (vu, iteration) => {
    const { courses, texts } = questions(vu, iteration);
    return { courses: courses.slice(0, 1), texts: texts.slice(0, 1) };
  };
}

/** Values of a script's own settings that are secrets. */
export function secretsOf<S extends ScriptSettings>(settings: S | undefined, own: Values<S>): string[] {
  return Object.entries(settings ?? {}).flatMap(([name, { inFiles }]) => {
    const value = (own as Readonly<Record<string, unknown>>)[name];
    return inFiles === 'masked' && typeof value === 'string' ? [value] : [];
  });
}
