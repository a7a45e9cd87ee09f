/** What a suite of another size makes of the settings of its tests. Pure. */
import { settingsIn, type Scales, type Section, type Setting } from '../../lib/words/sections.ts';
import type { Scaled } from '../../report/suite/suiteRecord.ts';

/** Settings by their variables. */
export type Values = Readonly<Record<string, string>>;

/** All numbers that are no part of a word: of `MED1060:20` the 20. */
const NUMBERS = /(?<![\w.])\d+(?:\.\d+)?/g;
const LIST = /^\d+(,\d+)*$/;

/** The values at a scale, and those of them that became others, in their order. */
export function atScale(
  values: Values,
  sections: readonly Section[],
  scale: number,
): { values: Values; scaled: Scaled[] } {
  const known = settingsIn(sections).filter(({ scales }) => scales !== undefined);
  const entries = Object.entries(values).map(([name, from]) => {
    const setting = known.find(({ env }) => env === name);
    return { name, from, to: setting === undefined ? from : scaledText(from, setting, scale) };
  });
  return {
    values: Object.fromEntries(entries.map(({ name, to }) => [name, to])),
    scaled: entries.filter(({ from, to }) => from !== to),
  };
}

/** Levels of a list that become the same are one. */
function scaledText(text: string, setting: Setting, scale: number): string {
  const { scales } = setting;
  if (scales === undefined || scale === 1) return text;
  const changed = text.replace(scales.numbers ?? NUMBERS, (number) =>
    String(scaledNumber(Number(number), { ...setting, scales }, scale)),
  );
  return LIST.test(changed) ? [...new Set(changed.split(','))].join(',') : changed;
}

function scaledNumber(value: number, setting: Setting & { scales: Scales }, scale: number): number {
  const { by, least = 0 } = setting.scales;
  const { min = 1, max = Infinity } = 'min' in setting ? setting : {};
  const wanted = value * (by === 'time' ? Math.sqrt(scale) : scale);
  const rounded = setting.kind === 'number' ? Number(wanted.toPrecision(3)) : Math.round(wanted);
  return scale < 1 ? Math.min(value, Math.max(least, min, rounded)) : Math.max(value, Math.min(max, rounded));
}

/** The need of a smaller load; of what is needed whatever the load is, a tenth stays. */
export function needAtScale(need: number, scale: number): number {
  return Math.ceil(need * Math.max(scale, LEAST_NEED));
}

const LEAST_NEED = 0.1;
