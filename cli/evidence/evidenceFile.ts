/** One file of a run's folder: read and held against its schema, or refused in one sentence. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { SUMMARY_VERSION, type RunSummary } from '../../report/derive/summary.ts';
import generatorSchema from '../../schema/generator.schema.json';
import runSchema from '../../schema/run.schema.json';
import suiteSchema from '../../schema/suite.schema.json';
import summarySchema from '../../schema/summary.schema.json';
import verdictSchema from '../../schema/verdict.schema.json';
import { SUITE_VERSION } from '../../report/suite/suiteRecord.ts';
import { packageVersion } from '../process/packageRoot.ts';
import { messageOf } from '../process/terminal.ts';

/** The files that hold JSON and have a schema. */
type JsonFile = 'summary.json' | 'verdict.json' | 'run.json' | 'generator.json' | 'suite.json';

/** What a file is called in sentences, and the schema of each version of it that this Crescendo reads, the newest last. */
interface Readable {
  of: string;
  schemas: ReadonlyMap<number, object>;
}

/** A file that tells no version is of the newest. */
const READABLE: Readonly<Record<JsonFile, Readable>> = {
  'summary.json': { of: 'the summary', schemas: new Map([[SUMMARY_VERSION, summarySchema]]) },
  'verdict.json': { of: 'the verdict', schemas: new Map([[1, verdictSchema]]) },
  'run.json': { of: "the run's record", schemas: new Map([[1, runSchema]]) },
  'generator.json': { of: "the generator's record", schemas: new Map([[1, generatorSchema]]) },
  'suite.json': { of: "the suite's record", schemas: new Map([[SUITE_VERSION, suiteSchema]]) },
};

/** All that a run's folder may hold of evidence. */
export type EvidenceFile = JsonFile | 'timeline.ndjson';

/**
 * What stands at `path`, which is to be a `file`: a value that its schema describes, where fields that this version does
 * not know are let be, or the text of a timeline. Throws an InputError of one sentence for a file that can't be read, is
 * cut, of a version that this Crescendo does not read, or not what Crescendo writes.
 */
export async function readEvidenceFile(path: string, file: EvidenceFile): Promise<unknown> {
  const text = textOf(path);
  if (file === 'timeline.ndjson') return text;
  const value = parsed(path, text);
  const schema = schemaOf(path, file, value);
  const problem = await unlike(schema, value);
  if (problem === undefined) return value;
  throw new InputError([`${plain(path)} is not what Crescendo writes: ${problem}. ${remedy(path)}`]);
}

/** The same of a file that this process has just written, which needs no check. */
export function readOwnFile(path: string, file: EvidenceFile): unknown {
  const text = textOf(path);
  return file === 'timeline.ndjson' ? text : parsed(path, text);
}

/** The summary that a k6 with our own script has just written; `undefined` when it wrote none, or only a part of one. */
export function readOwnSummary(path: string): RunSummary | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const summary = JSON.parse(readFileSync(path, 'utf8')) as RunSummary;
    const version: number = summary.version;
    const isWhole = Array.isArray(summary.stages) && Array.isArray(summary.ledger);
    return isWhole && version === SUMMARY_VERSION ? summary : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError([
      `${plain(path)} can't be read (${plain(messageOf(error))}). See that it is a file, and that you may read it.`,
    ]);
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError([`${plain(path)} is cut or damaged (${plain(messageOf(error))}). ${UNTOUCHED}`]);
  }
}

const UNTOUCHED = 'It was changed, or another program made it: take it from where the run left it.';

function schemaOf(path: string, file: JsonFile, value: unknown): object {
  const { of, schemas } = READABLE[file];
  const versions = [...schemas.keys()];
  const version = versionIn(value) ?? versions.at(-1) ?? 1;
  const schema = schemas.get(version);
  if (schema !== undefined) return schema;
  throw new InputError([
    `${plain(path)} has version ${version} of ${of}; this Crescendo reads ${versions.join(' and ')}: use ${writer(path)}.`,
  ]);
}

function versionIn(value: unknown): number | undefined {
  const { version } = (value ?? {}) as { version?: unknown };
  return typeof version === 'number' ? version : undefined;
}

/** What to do about a file of another shape: a change by hand, unless another Crescendo wrote it. */
function remedy(path: string): string {
  const version = writerIn(dirname(path));
  if (version === undefined || version === packageVersion()) return UNTOUCHED;
  return `Crescendo ${version} wrote it, and this is ${packageVersion()}: use the one that wrote it.`;
}

function writer(path: string): string {
  const version = writerIn(dirname(path));
  return version === undefined ? 'the Crescendo that wrote it' : `Crescendo ${version}, which wrote it`;
}

/** The version of the Crescendo that wrote a folder, as its `run.json` says, whatever else that holds. */
function writerIn(folder: string): string | undefined {
  try {
    const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { crescendo?: unknown } | null;
    const version = run?.crescendo;
    return typeof version === 'string' && /^\d[\w.+-]{0,40}$/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

/** What does not fit the schema: `/stages/0/held must be number`. */
async function unlike(schema: object, value: unknown): Promise<string | undefined> {
  const validate = await validatorOf(schema);
  return validate(value) ? undefined : problemOf(validate.errors?.[0]);
}

const validators = new Map<object, ValidateFunction>();

/** Most uses of the command check nothing, so they don't load the checker. */
async function validatorOf(schema: object): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const validate = validators.get(schema) ?? new Ajv2020({ strict: false }).compile(lenient(schema));
  validators.set(schema, validate);
  return validate;
}

function problemOf(error: ErrorObject | undefined): string {
  const place = error === undefined || error.instancePath === '' ? 'it' : plain(error.instancePath);
  return `${place} ${plain(error?.message ?? 'has another shape')}`;
}

/** New fields do not raise a file's version, so whoever reads later allows for them. */
function lenient(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (name, value: unknown) =>
      name === 'additionalProperties' && value === false ? undefined : value,
    ),
  ) as object;
}
