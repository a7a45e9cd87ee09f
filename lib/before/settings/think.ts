/** The setting of pauses. Pure data. */
import { setting } from '../../words/sections.ts';
import { parseThink, THINK_FORMS, type Think } from '../../words/think.ts';
import { OF_SESSIONS } from './ranges.ts';

/** `meaning`: what pauses they are. */
export function thinkSetting(meaning: string, usual: string) {
  return setting({
    kind: 'custom',
    env: 'THINK_SECONDS',
    default: usual,
    parse: readThink,
    meaning: `${meaning}: \`5\`, \`2-8\` (evenly between), \`lognormal:5:20\` (median, 95th percentile)`,
    ...OF_SESSIONS,
  });
}

function readThink(text: string, reject: (remedy: string) => void): Think | undefined {
  const parsed = parseThink(text);
  if (parsed === undefined) reject(`it must be ${THINK_FORMS}, for example THINK_SECONDS=5`);
  return parsed;
}
