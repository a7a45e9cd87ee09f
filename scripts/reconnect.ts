// How soon is a client of the graph service back when its connection is dropped, and what does that cost the service?
import { testScript } from '../lib/testScript.ts';
import { dropCalls } from '../systems/graph/reconnect/dropCalls.ts';
import { graphReconnect } from '../systems/graph/reconnect/reconnectSystem.ts';
import thresholds from '../thresholds/reconnect.json?text';

const script = await testScript({ name: 'reconnect', load: 'cycles', thresholds, system: graphReconnect });

export const { options, setup, handleSummary } = script;
export const { drop } = dropCalls(script.parts);
export default script.run;
