/** Plans that do several things: at each level each of them alone, then all together; then more than that, and less again. Pure. */
import { planOf, settling, type Plan, type Step } from './load.ts';

/** What a plan does, as the values of a tag. */
export interface Parts {
  tag: string;
  values: readonly string[];
}

/** What `mix` needs; seconds as in the settings. */
export interface MixSettings {
  levels: readonly number[];
  parts: Parts;
  /** Length of each stage. */
  seconds: number;
  /** The level of one more stage, of all together, and of the first level after it; 0: none. */
  stressLevel: number;
}

/** The kinds of its stages, by which limits may choose them. */
type Kind = 'alone' | 'together' | 'stress' | 'after';

/** The tags of the stage of all together at the highest level, and of the stress stage, which is compared with it. */
export function comparedStages(settings: MixSettings): { base: string; stress: string } | undefined {
  const { stages } = mix(settings);
  const together = stages.filter(({ kind }) => kind === 'together' || settings.parts.values.length === 1);
  const highest = Math.max(...settings.levels);
  const base = together.find(({ level, kind }) => level === highest && kind !== 'stress');
  const stress = stages.find(({ kind }) => kind === 'stress');
  return base && stress && { base: String(base.number), stress: String(stress.number) };
}

/** One stage for each part at each level, and one of all; with one part, it is alone. */
export function mix({ levels, parts: { tag, values }, seconds, stressLevel }: MixSettings): Plan {
  const stage = (kind: Kind, level: number): Step => ({
    ...settling(level, seconds),
    name: kind,
    kind,
  });
  const alone = (level: number) =>
    values.map((value) => ({ ...stage('alone', level), name: value, only: { [tag]: [value] } }));
  const all = (kind: Kind, level: number) => ({ ...stage(kind, level), only: { [tag]: values } });
  const together = (level: number) => (values.length > 1 ? [all('together', level)] : []);
  const stress = [all('stress', stressLevel), all('after', levels[0] ?? 1)];
  return planOf([
    ...levels.flatMap((level) => [...alone(level), ...together(level)]),
    ...(stressLevel > 0 ? stress : []),
  ]);
}
