// Do file operations and Redis slow each other down: is the p95 of either longer when both are done at the same time?
import { testScript } from '../lib/testScript.ts';
import { loopObserver } from '../lib/vu/loopObserver.ts';
import { assistantMixed } from '../systems/assistant/mixed/mixedSystem.ts';
import thresholds from '../thresholds/mixed-io.json?text';

const script = await testScript({
  name: 'mixed-io',
  load: 'kinds',
  defaults: { ROUNDS: '20', ROUND_SECONDS: '0.5' },
  thresholds,
  system: assistantMixed,
});

export const { options, setup, teardown, handleSummary } = script;
export const { observeLoops } = loopObserver(script.parts);
export default script.run;
