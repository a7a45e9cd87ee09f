// A script whose load is FACTOR times that of its plan, and that does not look whether k6 took its options.
import { chatbot } from '../../systems/chatbot/protocol.ts';
import { watchOutage } from '../../lib/vu/outageWatch.ts';
import type { LoadName } from '../../lib/plans/load.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { testScript } from '../../lib/testScript.ts';
import thresholds from '../../thresholds/recovery.json?text';

const script = await testScript({
  name: 'other-load',
  load: (__ENV['LOAD'] ?? 'burst') as LoadName,
  thresholds,
  system: chatSystem(chatbot),
});

const factor = Number(__ENV['FACTOR'] ?? 1);
/** The scenario that is changed: `probes`, or the script's own. */
const changed = __ENV['SCENARIO'] ?? 'other-load';
const times = (value: unknown) => Math.floor(Number(value) * factor);

interface Scenario {
  vus?: number;
  iterations?: number;
  rate?: number;
  stages?: { duration: string; target: number }[];
}

function multiplied(scenario: Scenario): Scenario {
  const { vus, iterations, rate, stages } = scenario;
  return {
    ...scenario,
    ...(vus === undefined || (iterations ?? 1) > 1 ? {} : { vus: times(vus) }),
    ...(iterations === undefined || iterations === 1 ? {} : { iterations: times(iterations) }),
    ...(rate === undefined ? {} : { rate: times(rate) }),
    ...(stages && { stages: stages.map((stage) => ({ ...stage, target: times(stage.target) })) }),
  };
}

const planned = (script.options['scenarios'] ?? {}) as Record<string, Scenario>;
const scenarios = Object.fromEntries(
  Object.entries(planned).map(([name, scenario]) => [
    name,
    name === changed ? multiplied(scenario) : scenario,
  ]),
);

const { probe, startOutage } = watchOutage(script);
export { probe, startOutage };
export const { handleSummary } = script;
export const options = { ...script.options, scenarios };
export const setup = (): boolean => true;
export default script.run;
