/** Asks the server to drop all connections, once in each cycle: what runs beside the clients with DROPS=server. */
import exec from 'k6/execution';
import http from 'k6/http';
import { delay, now } from '../../../lib/k6/clock.ts';
import { metric, type Add } from '../../../lib/vu/metrics.ts';
import { cyclesIn } from '../../../lib/plans/cycles.ts';
import type { Plan } from '../../../lib/plans/load.ts';
import { dropTime } from './drops.ts';
import type { ReconnectVuConfig } from './reconnectSettings.ts';

/** Makes what the script exports for it. */
export function dropCalls({ config, plan }: { config: ReconnectVuConfig; plan: Plan }): {
  drop: () => Promise<void>;
} {
  if (config.drops !== 'server') return { drop: () => Promise.resolve() };
  const [asked, failed] = [metric('drops_asked'), metric('drops_failed')];
  return { drop: () => callAll(config, plan, { asked, failed }) };
}

interface Counts {
  asked: Add;
  failed: Add;
}

/** No call waits for the one before. */
async function callAll(config: ReconnectVuConfig, plan: Plan, counts: Counts): Promise<void> {
  const { startTime } = exec.scenario;
  for (const time of timesOf(plan)) {
    await delay(startTime + time - now());
    void call(config, counts);
  }
}

/** Since the start of the plan. */
function timesOf(plan: Plan): number[] {
  return plan.stages.flatMap((stage) => {
    const cycles = cyclesIn(stage, plan);
    return Array.from({ length: cycles.count }, (_, cycle) => dropTime(cycles, cycle));
  });
}

async function call({ dropUrl, dropBody }: ReconnectVuConfig, { asked, failed }: Counts): Promise<void> {
  const { status } = await http.asyncRequest('POST', dropUrl, dropBody, {
    headers: { 'Content-Type': 'application/json' },
    timeout: '10s',
    redirects: 0,
    tags: { name: 'drop' },
  });
  if (status >= 200 && status < 300) {
    asked(1);
    return;
  }
  failed(1);
  console.error(
    `The connections could not be dropped: DROP_URL answered ${status || 'nothing'}. Check DROP_URL and DROP_BODY.`,
  );
}
