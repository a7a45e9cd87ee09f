/** Reads a run's folder for `crescendo report` and others that come later, when anything may have happened to it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { InputError } from '../../lib/words/settings.ts';
import type { Evidence, Remains } from '../../report/derive/evidence.ts';
import { plain } from '../../lib/words/plain.ts';
import runSchema from '../../schema/run.schema.json';
import summarySchema from '../../schema/summary.schema.json';
import verdictSchema from '../../schema/verdict.schema.json';
import { evidenceIn } from './evidence.ts';
import { messageOf } from '../process/terminal.ts';

const SCHEMAS: Record<string, object> = {
  'summary.json': summarySchema,
  'verdict.json': verdictSchema,
  'run.json': runSchema,
};

/**
 * Reads a folder of `crescendo run`, or one with a `summary.json` of plain k6. Throws an InputError when there is no
 * evidence, or when a file is cut, foreign or of another version; fields that this version does not know are let be.
 */
export async function readEvidence(folder: string): Promise<Evidence | Remains> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError([`There is no folder "${folder}". Give one of a run, such as reports/…-ramp.`]);
  const found = Object.keys(SCHEMAS).filter((file) => existsSync(join(folder, file)));
  const isWhole = found.includes('summary.json') || found.length === 2;
  if (!isWhole)
    throw new InputError([
      `"${folder}" holds no evidence of a run: there is no summary.json. Give the folder of a run, such as reports/…-ramp.`,
    ]);
  for (const file of found) await check(join(folder, file), SCHEMAS[file] ?? {});
  return evidenceIn(folder);
}

async function check(path: string, schema: object): Promise<void> {
  const json = parse(path);
  const version = json['version'];
  if (typeof version === 'number' && version !== 1)
    throw new InputError([
      `${path} has version ${version}, and this Crescendo reads version 1. Use the Crescendo that made it.`,
    ]);
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const isValid = new Ajv2020({ strict: false }).compile(lenient(schema));
  if (isValid(json)) return;
  throw new InputError([`${path} is not what Crescendo writes${where(isValid.errors?.[0])}. ${REMEDY}`]);
}

const REMEDY = 'It was changed, or another program made it: take it from where the run left it.';

function parse(path: string): Record<string, unknown> {
  const text = readFileSync(path, 'utf8');
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch (error) {
    throw new InputError([`${path} is cut or damaged (${plain(messageOf(error))}). ${REMEDY}`]);
  }
}

/** `: /stages/0/held must be number`. */
function where(error: ErrorObject | undefined): string {
  if (error?.message === undefined) return '';
  const path = error.instancePath === '' ? 'it' : plain(error.instancePath);
  return `: ${path} ${plain(error.message)}`;
}

/** New fields do not raise a file's version, so whoever reads later allows for them. */
function lenient(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (name, value: unknown) =>
      name === 'additionalProperties' && value === false ? undefined : value,
    ),
  ) as object;
}
