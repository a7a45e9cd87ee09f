// Where do the endpoints of a graph service bend: each alone and all together, and what is left of them under stress?
import { testScript } from '../lib/testScript.ts';
import { graphApi } from '../systems/graph/api/apiSystem.ts';
import thresholds from '../thresholds/graph-api.json?text';

const script = await testScript({ name: 'graph-api', load: 'mix', thresholds, system: graphApi });

export const { options, setup, handleSummary } = script;
export default script.run;
