// A model behind chat completions; STREAMS: whether its answers are streams.
import { testScript } from '../../lib/testScript.ts';
import type { Values } from '../../lib/words/sections.ts';
import { openAi } from '../../systems/chatbot/dialects/openAi.ts';
import { turnSystem } from '../../systems/chatbot/turns/turnSystem.ts';
import thresholds from '../../thresholds/turns.json?text';

const settings = {
  key: {
    kind: 'text',
    env: 'OPENAI_API_KEY',
    meaning: 'sent as `Authorization: Bearer …`',
    shapes: 'nothing',
    inFiles: 'masked',
  },
} as const;

const stream = __ENV['STREAMS'] !== 'no';

const protocol = ({ key }: Values<typeof settings>) =>
  openAi({ key, model: 'gpt-4o-mini', system: 'You help students.', stream });

const script = await testScript({
  name: 'open-ai',
  load: 'ramp',
  thresholds,
  system: turnSystem(protocol, settings),
});

export const { options, setup, handleSummary } = script;
export default script.run;
