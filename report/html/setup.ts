/** Settings, versions, and how to run the test again. Pure. */
import { isPlainObject } from '../../lib/words/jsonFields.ts';
import { allAddresses, type Evidence, type RunRecord } from '../derive/evidence.ts';
import { repeatCommand, secretsNote } from '../text/repeat.ts';
import type { RunSummary } from '../derive/summary.ts';
import { html, verbatim, type Content, type Html } from './escape.ts';
import { facts, table } from './table.ts';

/** What somebody needs to repeat the run. */
export function setupSection({ summary, run }: Evidence): Html {
  return html`<section id="setup">
    <h2>Settings and repetition</h2>
    <h3>Run it again</h3>
    <pre>${run === undefined ? `k6 run dist/${summary.script}.js` : verbatim(repeatCommand(run))}</pre>
    ${conditions(summary, run)} ${facts(versionFacts(summary, run))}
    <details>
      <summary>Table: all settings of the run</summary>
      ${settingsTable(summary)}
    </details>
  </section>`;
}

function conditions({ vocabulary }: RunSummary, run: RunRecord | undefined): Content {
  const given =
    run === undefined ? 'Run it with the settings of the table below as environment variables.' : '';
  const note = [given, secretsNote(run, vocabulary)].filter((text) => text !== '').join(' ');
  return note !== '' && html`<p class="note">${note}</p>`;
}

function versionFacts(summary: RunSummary, run: RunRecord | undefined): [string, Content][] {
  const seed = run?.seed ?? summary.settings['seed'];
  const plain: [string, Content][] = [
    ['seed', valueText(seed)],
    ['limits', `level ${summary.level}`],
  ];
  if (run === undefined) return plain;
  const { target, k6, crescendo, machine } = run;
  return [
    ['target', `${allAddresses(target).join(', ')}${target.isReference ? ' (the reference target)' : ''}`],
    ...plain,
    ['Crescendo', crescendo],
    [
      'k6',
      `${k6.version}${k6.extensions.length > 0 ? ` with ${k6.extensions.join(', ')}` : ''}; it ended with exit code ${k6.exitCode}`,
    ],
    ['Node', String(machine['node'] ?? '–')],
    ['started, ended', `${run.startedAt}, ${run.endedAt}`],
  ];
}

/** A secret, and names of files that say nothing about the run. */
const ELSEWHERE = ['encryptionKey', 'summaryFile', 'reportFile'];

function settingsTable({ settings }: RunSummary): Html {
  const told = Object.entries(settings).filter(([name]) => !ELSEWHERE.includes(name));
  const rows = flat('', Object.fromEntries(told)).map(([name, value]) => ({ cells: [name, value] }));
  return table(
    'Settings',
    [
      { head: 'setting', kind: 'left' },
      { head: 'value', kind: 'words' },
    ],
    rows,
  );
}

/** Settings within settings as `ramp.startSessions`. */
function flat(prefix: string, settings: Record<string, unknown>): [string, string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (isPlainObject(value)) return flat(`${prefix}${name}.`, value);
    return [[prefix + name, valueText(value)]];
  });
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
