/** The requirements of a run, from its evidence. Pure. */
import { lookOf } from '../limits/looks.ts';
import { requirementsOf, type Requirement } from '../limits/requirements.ts';
import type { Evidence, Remains } from '../derive/evidence.ts';
import type { RunSummary } from '../derive/summary.ts';
import { limitName, limitText, valueText } from '../text/words.ts';
import type { Analysis, Checked } from './analysis.ts';

/** A run whose k6 left no summary has a verdict and no requirements. */
export function analysisOfRun(title: string, evidence: Evidence | Remains): Analysis {
  const { verdict } = evidence;
  const { result, sentence } = verdict;
  const rows = 'summary' in evidence ? checkedOf(evidence.summary) : [];
  return { title, result, sentence, rows };
}

function checkedOf(summary: RunSummary): Checked[] {
  return requirementsOf(summary.stages).map((requirement) => checked(requirement, summary));
}

/** What is told is the stage that came closest to the bound; where to look, of the first one that broke it. */
function checked({ closest, broken }: Requirement, summary: RunSummary): Checked {
  const { limit, stage } = closest;
  return {
    name: limitName(limit),
    measured: valueText(limit),
    limit: `${limit.operator} ${limitText(limit)}`,
    kept: limit.kept,
    where: `stage ${stage.number}`,
    look: broken && lookOf(summary, limit.metric),
  };
}
