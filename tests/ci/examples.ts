/** The examples in deploy/ci, and the shell in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../support/bundle.ts';

const read = (name: string): string => readFileSync(join(ROOT, 'deploy', 'ci', name), 'utf8');

/** A step of a GitHub job. */
export interface Step {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
  'continue-on-error'?: boolean;
}

/** What the tests look at in `github.yml`. */
interface Workflow {
  permissions: Record<string, string>;
  env: Record<string, string>;
  jobs: { load: { steps: Step[] } };
}

/** A job of `gitlab.yml`. */
interface Job {
  before_script?: string[];
  script: string[];
}

export const GITHUB = read('github.yml');
export const GITLAB = read('gitlab.yml');
export const SUMMARY = read('summary.sh');

export const workflow = parse(GITHUB) as Workflow;
const { k6, load } = parse(GITLAB) as { k6: Job; load: Job };

export const { steps } = workflow.jobs.load;

/** The step of this name; throws when there is none. */
export function stepCalled(name: string): Step {
  const found = steps.find((step) => step.name === name);
  if (found === undefined) throw new Error(`github.yml has no step "${name}".`);
  return found;
}

const lines = (part: readonly string[] = []): string => part.join('\n');

/** The scripts of the GitLab jobs. */
export const gitlabScripts = { k6: lines(k6.script), load: lines(load.script) };

/** All shell there is, by what it is of. */
export const SHELL: readonly [where: string, text: string][] = [
  ...steps.flatMap(({ name = '', run }): [string, string][] => (run === undefined ? [] : [[name, run]])),
  ['gitlab k6', gitlabScripts.k6],
  ['gitlab load, before', lines(load.before_script)],
  ['gitlab load', gitlabScripts.load],
  ['summary.sh', SUMMARY],
];

/** The arguments of each `crescendo` in a text of shell: words up to a pipe, a redirection or the end. */
export function commandLines(text: string): string[][] {
  const calls = text.matchAll(/node (?:\S*\bcrescendo\.js|"\$crescendo") ((?:(?!\d?>)[^\n|&;)])*)/g);
  return [...calls].map(([, words = '']) => words.trim().split(/\s+/));
}
