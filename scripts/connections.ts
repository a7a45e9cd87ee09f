// How many connections does the graph service carry at a time, how fast do they open, and what does each cost its memory?
import { testScript } from '../lib/testScript.ts';
import { memoryObserver } from '../lib/vu/memoryObserver.ts';
import { graphConnections } from '../systems/graph/connections/connectionsSystem.ts';
import thresholds from '../thresholds/connections.json?text';

const script = await testScript({ name: 'connections', load: 'apart', thresholds, system: graphConnections });

export const { options, setup, handleSummary } = script;
export const { observe } = memoryObserver(script.parts);
export default script.run;
