// How many guests can ping at the same time?
import { testScript } from '../../lib/testScript.ts';
import { toy } from './user.ts';

const thresholds = '{"target": {"ping_latency": ["p(95)<10000"], "ping_success": ["rate>0.99"]}}';
const script = await testScript({ name: 'ping', load: 'ramp', thresholds, system: toy });

export const { options, setup, handleSummary } = script;
export default script.run;
