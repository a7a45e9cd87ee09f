// The support desk's protocol, in one burst, with what PROTOCOL adds.
import { supportDesk } from '../../examples/support-desk/protocol.ts';
import type { ChatProtocol } from '../../systems/chatbot/dialect.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { testScript } from '../../lib/testScript.ts';
import thresholds from '../../thresholds/burst.json?text';

const MORE: Record<string, Partial<ChatProtocol>> = {
  'without ids': { withoutIds: true },
  'without log-in': {
    requestToken: undefined,
    hello: ({ user }) => JSON.stringify({ action: 'auth', user }),
  },
};

const script = await testScript({
  name: 'desk',
  load: 'burst',
  thresholds,
  system: chatSystem(() => ({ ...supportDesk(), ...MORE[__ENV['PROTOCOL'] ?? ''] })),
});

export const { options, setup, handleSummary } = script;
export default script.run;
