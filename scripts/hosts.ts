// Which of these hosts are well, asked all at the same moment, how fast does each answer, and why does one not?
import { testScript } from '../lib/testScript.ts';
import { loopObserver } from '../lib/vu/loopObserver.ts';
import { assistantHosts } from '../systems/assistant/hosts/hostsSystem.ts';
import thresholds from '../thresholds/hosts.json?text';

const script = await testScript({ name: 'hosts', load: 'rounds', thresholds, system: assistantHosts });

export const { options, setup, handleSummary } = script;
export const { observeLoops } = loopObserver(script.parts);
export default script.run;
