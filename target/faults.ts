/** The faults that the target can be asked for, of all of its parts. */
import type { FaultPlan } from './arrivals.ts';
import { FAULT_NAMES, type FaultName } from './parts.ts';

export { FAULT_NAMES, type FaultName };

/** Every how many requests of its place a fault fires. */
export type Faults = FaultPlan<FaultName>;

/**
 * Reads a list like `upgrade-502:5,token-401:7`: a fault and every how many requests it fires. An empty text is no
 * fault. Throws an Error that names the part it can't read.
 */
export function parseFaults(text: string): Faults {
  const faults: Partial<Record<FaultName, number>> = {};
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [name, every] = parsePart(part.trim());
    if (faults[name] !== undefined) throw wrongPart(part.trim(), `${name} is given twice`);
    faults[name] = every;
  }
  return faults;
}

function parsePart(part: string): [FaultName, number] {
  const [text, every, ...rest] = part.split(':');
  const name = FAULT_NAMES.find((known) => known === text);
  if (name === undefined) throw wrongPart(part, `"${text ?? ''}" is no fault`);
  if (every === undefined || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(every)) {
    throw wrongPart(part, 'a whole number from 1 must follow one colon');
  }
  return [name, Number(every)];
}

function wrongPart(part: string, reason: string): Error {
  return new Error(
    `The target's faults hold "${part}", which can't be used (${reason}); ` +
      `write name:every, separated by commas, with these names: ${FAULT_NAMES.join(', ')}.`,
  );
}
