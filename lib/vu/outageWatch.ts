/** Watches an outage: short sessions that start on time whatever the back end does, and the call that starts it. */
import exec from 'k6/execution';
import http from 'k6/http';
import { now } from '../k6/clock.ts';
import { MAX_PROBE_SECONDS, type Outage } from '../plans/load.ts';
import { outageMetrics, type OutageMetrics } from './metrics.ts';
import { reportScriptError } from './scriptErrors.ts';
import type { StageClock, StageTags } from './stages.ts';
import type { RunVisit } from '../system.ts';
import type { TestScript } from '../testScript.ts';

/** A probe waits so long for its answer; a longer wait would take a VU for each. */
const PROBE_TIMEOUT_SECONDS = 10;

/** The iterations of the scenarios beside the sessions. */
export interface OutageWatch {
  probe: () => Promise<void>;
  startOutage: () => void;
}

/** Makes what a script with an outage in its plan exports besides the rest. */
export function watchOutage({ parts: { config, plan, system } }: TestScript): OutageWatch {
  const outage = plan.outage ?? { start: 0, length: 0, probesPerSecond: 0, withinMs: null };
  const visit = system.probes(PROBE_TIMEOUT_SECONDS);
  const { url = '', body = JSON.stringify({ seconds: config.outage.seconds }) } = config.outage;
  const metrics = outageMetrics();
  return {
    probe: () => probe(metrics, outage, visit),
    startOutage: () => startOutage(metrics, outage, url, body),
  };
}

const PROBE: StageTags = { stage: 'probe' };

/** Probes belong to no stage and run to their own end. */
const probeClock: StageClock = {
  startTime: 0,
  stageTags: () => PROBE,
  operationTags: () => PROBE,
  tagEnds: () => Infinity,
  stageEnds: () => Infinity,
  judgedFrom: () => 0,
  only: () => undefined,
  remaining: () => Infinity,
  idle: () => 0,
  eachHold: () => undefined,
};

async function probe(metrics: OutageMetrics, outage: Outage, run: RunVisit): Promise<void> {
  const { startTime } = exec.scenario;
  const { idInTest, iterationInScenario } = exec.vu;
  const start = now() - startTime;
  let latency = Infinity;
  const observer = {
    good: (_stage: string, latencyMs: number) => void (latency = latencyMs),
    bad: () => undefined,
  };
  try {
    await run(probeClock, idInTest, iterationInScenario, observer);
  } catch (error) {
    reportScriptError(error);
  }
  record(metrics, outage, start, now() - startTime, latency);
}

function record(metrics: OutageMetrics, outage: Outage, start: number, end: number, latency: number): void {
  if (latency === Infinity) {
    metrics.probeFailedStart(start);
    metrics.probeFailedEnd(end);
  } else metrics.probeDuration(end - start);
  const second = Math.floor((start - outage.start) / 1000);
  if (second < 0 || second >= MAX_PROBE_SECONDS) return;
  metrics.probeWithinLimit(latency <= (outage.withinMs ?? Number.MAX_VALUE), { second: String(second) });
}

function startOutage(metrics: OutageMetrics, outage: Outage, url: string, body: string): void {
  const late = Date.now() - exec.scenario.startTime;
  const headers = { 'Content-Type': 'application/json' };
  const { status } = http.post(url, body, {
    headers,
    timeout: '10s',
    redirects: 0,
    tags: { name: 'outage' },
  });
  if (status >= 200 && status < 300) return metrics.outageStarted(outage.start + late);
  metrics.outageFailed(1);
  console.error(
    `The outage could not be started: OUTAGE_URL answered ${status || 'nothing'}. Check OUTAGE_URL and OUTAGE_BODY.`,
  );
}
