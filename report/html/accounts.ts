/** The ledger, the counts and the load generator. Pure. */
import { HOUSE_METRICS } from '../../lib/vocabulary/houseMetrics.ts';
import { headlineOf } from '../../lib/vocabulary/vocabulary.ts';
import type { Evidence, Observed } from '../derive/evidence.ts';
import { worstLag } from '../derive/generatorLag.ts';
import type { LedgerLine } from '../derive/ledger.ts';
import type { RunSummary } from '../derive/summary.ts';
import { bookLines, retryLines } from '../text/books.ts';
import { counted, percent, timeText, whole } from '../text/words.ts';
import { html, type Content, type Html } from './escape.ts';
import { facts, table } from './table.ts';

/** Everything that started ends in exactly one bucket. */
export function ledgerSection(summary: Evidence['summary']): Html {
  const { ledger, observed } = summary;
  const isBalanced = ledger.every(({ balanced }) => balanced);
  const columns = [
    { head: 'account', kind: 'left' as const },
    { head: 'total' },
    { head: 'parts', kind: 'words' as const },
    { head: 'balances', kind: 'left' as const },
  ];
  return html`<section id="ledger">
    <h2>Ledger</h2>
    <p class="note">
      Everything that started ends in exactly one bucket, and k6's own counts equal
      ours.${isBalanced ? '' : ' Here they do not, so no figure can be trusted.'}
    </p>
    ${table('Ledger', columns, ledger.map(ledgerRow))}
    ${facts([...bookLines(summary, observed?.peakConcurrent), ...retryLines(summary)])}
  </section>`;
}

function ledgerRow({ name, total, totalName, parts, balanced }: LedgerLine) {
  const sum = Object.entries(parts).map(([part, count]) => `${whole(count)} ${part}`);
  const state = balanced ? html`<span class="good">✓ yes</span>` : html`<span class="bad">✗ no</span>`;
  return {
    kind: balanced ? undefined : ('broke' as const),
    cells: [name, html`${whole(total)} ${totalName}`, `${balanced ? '=' : '≠'} ${sum.join(' + ')}`, state],
  };
}

/** Whether the machine that made the load can be trusted. */
export function generatorSection({ summary, run }: Evidence): Html {
  const { generator, generatorLagLimitMs, observed } = summary;
  const lag = generator.lag['p(99)'];
  const worst = worstLag(summary);
  const isLate = worst !== undefined && worst.p99 >= generatorLagLimitMs;
  const sign =
    lag === undefined
      ? ''
      : isLate
        ? html`<span class="bad">✗ too late</span>`
        : html`<span class="good">✓</span>`;
  const rows: [string, Content][] = [
    [
      'lag',
      html`p50 ${timeText(generator.lag['med'])}, p99 ${timeText(lag)}, max ${timeText(generator.lag['max'])};
      ${isLate && worst.stage !== null && `p99 ${timeText(worst.p99)} in stage ${worst.stage}; `}limit of p99
      ${generatorLagLimitMs} ms ${sign}`,
    ],
    ...(observed === undefined ? [] : observedFacts(observed, summary)),
    ['script errors', whole(generator.scriptErrors)],
    ['dropped iterations', whole(generator.droppedIterations)],
    ...machineFacts(run?.machine),
  ];
  const unseen =
    observed === undefined
      ? html`<p class="note">CPU and memory of k6 are seen by <code>crescendo run</code> only.</p>`
      : undefined;
  return html`<section id="generator">
    <h2>Load generator</h2>
    <p class="note">Lag is ${HOUSE_METRICS['generator_lag']?.is}; it is this tool's own error.</p>
    ${facts(rows)}${unseen}
  </section>`;
}

function observedFacts(observed: Observed, { vocabulary }: RunSummary): [string, Content][] {
  const { peakCpu, cores, peakMemoryBytes, busySeconds, peakConcurrent } = observed;
  const { noun, open } = headlineOf(vocabulary);
  return [
    [
      'CPU',
      peakCpu === null
        ? 'not read'
        : `peak ${percent(peakCpu, 0)} of ${counted(cores, 'core')}; over 90 % for ${busySeconds} s in a row`,
    ],
    ['memory', peakMemoryBytes === null ? 'not read' : `peak ${whole(peakMemoryBytes / 1e6)} MB`],
    ...(open === undefined
      ? []
      : [
          [`open ${noun.many}`, `at most ${whole(peakConcurrent)} seen at the same time`] as [
            string,
            Content,
          ],
        ]),
  ];
}

function machineFacts(machine: Record<string, string | number> | undefined): [string, Content][] {
  if (machine === undefined) return [];
  const { os, cpu, cores, memoryBytes } = machine;
  const memory = typeof memoryBytes === 'number' ? `, ${whole(memoryBytes / 1e9)} GB` : '';
  return [['machine', `${String(cpu)}, ${counted(Number(cores), 'core')}${memory}, ${String(os)}`]];
}
