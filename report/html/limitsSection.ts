/** The limits: value, bound, margin and grade, each where it came closest. Pure. */
import { keeps, LEVELS, type Level, type Limit, type Limits } from '../../lib/words/limits.ts';
import { lookOf } from '../limits/looks.ts';
import { requirementsOf, type Requirement } from '../limits/requirements.ts';
import type { LimitResult, RunSummary, StageSummary } from '../derive/summary.ts';
import { limitName, limitText, percent, valueText, whole } from '../text/words.ts';
import { html, type Content, type Html } from './escape.ts';
import { stageName } from './stageWords.ts';
import { table, type Column, type Row } from './table.ts';

const COLUMNS: readonly Column[] = [
  { head: 'limit', kind: 'left' },
  { head: 'value' },
  { head: 'bound' },
  { head: 'margin' },
  { head: 'used', kind: 'left' },
  { head: 'closest in', kind: 'left' },
  { head: 'first broken in', kind: 'left' },
  { head: 'grade', kind: 'left' },
];

/** A row per limit, and all stages in a table of their own. */
export function limitsSection(summary: RunSummary): Html {
  const { level, levels } = summary;
  const requirements = requirementsOf(summary.stages);
  if (requirements.length === 0)
    return html`<section id="limits">
      <h2>Limits</h2>
      <p>No limit was judged.</p>
    </section>`;
  return html`<section id="limits">
    <h2>Limits</h2>
    <p class="note">
      Level “${level}” binds; every limit applies to each stage by itself. A row shows the stage that came
      closest to the bound or broke it
      most${levels === undefined ? '' : '; the grade is the strictest level that would still be kept there'}.
    </p>
    ${table(
      'Limits',
      COLUMNS,
      requirements.map((requirement) => limitRow(requirement, levels)),
    )}
    ${lookList(summary, requirements)}
    <details>
      <summary>Table: every limit in every stage</summary>
      ${matrix(summary.stages, requirements)}
    </details>
  </section>`;
}

function limitRow({ closest, broken }: Requirement, levels: Limits | undefined): Row {
  const { limit, stage } = closest;
  return {
    kind: broken === undefined ? undefined : 'broke',
    cells: [
      html`${limitName(limit)}<br /><code>${limit.metric} ${limit.expression}</code>`,
      valueText(limit),
      limitText(limit),
      limit.margin === null ? '–' : percent(limit.margin, 0),
      usedBar(limit),
      `stage ${stageName(stage)}`,
      broken === undefined ? 'none' : `stage ${stageName(broken.stage)}`,
      gradeText(limit, levels),
    ],
  };
}

/** How much of what the limit allows was used; for shares, of the failures that it allows. */
function usedBar({ aggregate, operator, unit, bound, value, kept }: LimitResult): Content {
  if (value === null || kept === null) return '–';
  const isLeast = operator.startsWith('>');
  const share =
    unit === 'share' && aggregate === 'rate' && isLeast
      ? (1 - value) / (1 - bound)
      : isLeast
        ? bound / value
        : value / bound;
  if (!Number.isFinite(share)) return kept ? '✓' : '✗';
  const width = Math.round(Math.min(1, Math.max(0, share)) * 90);
  const text = share > 9.99 ? `${whole(share)} ×` : percent(share, 0);
  return html`<svg class="bar" width="90" height="10" aria-hidden="true">
      <rect class="track" width="90" height="10" rx="3" />
      <rect class="fill ${kept ? '' : 'over'}" width="${width}" height="10" rx="3" />
    </svg>
    ${text}`;
}

function gradeText(limit: LimitResult, levels: Limits | undefined): Content {
  const { value } = limit;
  if (value === null) return '–';
  const known =
    levels === undefined ? [] : LEVELS.filter((level) => sameLimits(limit, levels[level]).length > 0);
  const [strictest] = known;
  const reached = known.find((level) =>
    sameLimits(limit, levels?.[level] ?? []).every((one) => keeps(one, value)),
  );
  if (reached === undefined) return limit.kept ? html`<span class="good">✓</span>` : worse(known);
  return html`<span class="${reached === strictest ? 'good' : 'warn'}"
    >${reached === strictest ? '✓ ' : '! '}${reached}</span
  >`;
}

function worse(known: readonly Level[]): Html {
  const last = known.at(-1);
  return html`<span class="bad">✗ ${last === undefined ? 'broken' : `worse than ${last}`}</span>`;
}

/** The limits of a level on the same aggregate, in the same direction. */
function sameLimits({ metric, aggregate, operator }: LimitResult, limits: readonly Limit[]): Limit[] {
  const direction = operator.charAt(0);
  return limits.filter(
    (limit) =>
      limit.metric === metric && limit.aggregate === aggregate && limit.operator.startsWith(direction),
  );
}

/** Where to look for what broke, each place once. */
function lookList(summary: RunSummary, requirements: readonly Requirement[]): Content {
  const names = new Map<string, string[]>();
  for (const { broken } of requirements) {
    const look = broken && lookOf(summary, broken.limit.metric);
    if (broken && look !== undefined) names.set(look, [...(names.get(look) ?? []), limitName(broken.limit)]);
  }
  if (names.size === 0) return undefined;
  return html`<h3>Where to look</h3>
    <ul>
      ${[...names].map(([look, limits]) => html`<li>${[...new Set(limits)].join(', ')}: ${look}</li> `)}
    </ul>`;
}

function matrix(stages: readonly StageSummary[], requirements: readonly Requirement[]): Html {
  const limits = requirements.map(({ closest }) => closest.limit);
  const columns: Column[] = [
    { head: 'stage', kind: 'left' },
    ...limits.map((limit) => ({ head: `${limitName(limit)} (${limitText(limit)})` })),
  ];
  const rows = stages.map((stage) => ({
    cells: [stageName(stage), ...limits.map((limit) => cell(stage, limit))],
  }));
  return table('Every limit in every stage', columns, rows);
}

function cell(stage: StageSummary, { metric, expression }: LimitResult): Content {
  const limit = stage.limits.find((one) => one.metric === metric && one.expression === expression);
  if (limit === undefined || limit.value === null) return '–';
  return limit.kept === false ? html`<span class="bad">✗ ${valueText(limit)}</span>` : valueText(limit);
}
