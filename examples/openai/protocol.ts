// A model behind chat completions: the key and the model are settings, the conversation so far goes with each question.
import type { ScriptSettings, Values } from '../../lib/words/sections.ts';
import { openAi } from '../../systems/chatbot/dialects/openAi.ts';

export const SETTINGS = {
  key: {
    kind: 'text',
    env: 'OPENAI_API_KEY',
    default: '',
    meaning: 'sent as `Authorization: Bearer …`; empty: it is not',
    shapes: 'nothing',
    inFiles: 'masked',
  },
  model: {
    kind: 'text',
    env: 'OPENAI_MODEL',
    default: 'gpt-4o-mini',
    meaning: 'the model that answers',
    shapes: 'load',
  },
} as const satisfies ScriptSettings;

export const model = ({ key, model }: Values<typeof SETTINGS>) =>
  openAi({ key, model, system: 'You help students with their courses. Answer in a few sentences.' });
