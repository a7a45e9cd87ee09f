// How many conversations at the same time does the model carry, and at which stage does it break?
import { testScript } from '../../lib/testScript.ts';
import { turnSystem } from '../../systems/chatbot/turns/turnSystem.ts';
import thresholds from '../../thresholds/turns.json?text';
import { model, SETTINGS } from './protocol.ts';

const script = await testScript({
  name: 'openai',
  load: 'ramp',
  thresholds,
  system: turnSystem(model, SETTINGS),
});

export const { options, setup, handleSummary } = script;
export default script.run;
