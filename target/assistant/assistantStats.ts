/** What the assistant counts. */
import type { Counts } from '../counts.ts';
import { startEndpoint, type EndpointCounts } from '../requests/endpointCounts.ts';
import type { RequestOutages } from '../requests/gate.ts';
import type { AssistantEndpoint } from './assistantEndpoints.ts';

/** Files. What was done is counted before its answer leaves. */
export interface FileCounts {
  /** Files written; each is answered with 201, unless its client went away before. */
  written: number;
  /** Files read; each is answered with 200, unless its client went away before. */
  read: number;
  /** Files removed because they were asked to be; each is answered with 204, unless its client went away before. */
  deleted: number;
  /** Bytes of the files written. */
  bytes: number;
}

/** What outages have done to the assistant; see ../outage.ts. */
export interface AssistantOutageCounts extends RequestOutages {
  /** Outages begun. */
  count: number;
}

/**
 * What the assistant has seen since the target started.
 *
 *     answered.503 of all endpoints + answered.500 of all endpoints = outages.requestsRefused + faults with a 500
 *
 * as long as no client goes away before it is refused and the disk works; and, while nobody goes away at all,
 *
 *     files.written = endpoints.files_write.answered.201, and so on for those read (200) and deleted (204)
 */
export interface AssistantStats {
  endpoints: Record<AssistantEndpoint, EndpointCounts>;
  files: FileCounts;
  /** How often the event loop was blocked on purpose. */
  blocks: number;
  /** Faults fired, by name. */
  faults: Counts;
  /** What outages have done. */
  outages: AssistantOutageCounts;
}

/** The part of the stats that the assistant counts itself. */
export interface AssistantCounters extends Omit<AssistantStats, 'outages'> {
  outages: RequestOutages;
}

/** Returns counters at zero. */
export function startCounters(): AssistantCounters {
  return {
    endpoints: {
      chat: startEndpoint(),
      files_write: startEndpoint(),
      files_read: startEndpoint(),
      files_delete: startEndpoint(),
      health: startEndpoint(),
    },
    files: { written: 0, read: 0, deleted: 0, bytes: 0 },
    blocks: 0,
    faults: {},
    outages: { requestsRefused: 0, requestsLost: 0, requestsDelayed: 0 },
  };
}

/** Returns the stats of this moment; later counting does not change them. `outages` is how many have begun. */
export function assistantStats(counters: AssistantCounters, outages: number): AssistantStats {
  const copy = structuredClone(counters);
  return { ...copy, outages: { count: outages, ...copy.outages } };
}
