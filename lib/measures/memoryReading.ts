/** The memory of a process, as an address tells it: in JSON, or in Prometheus' text format. Pure. */
import { isRecord, jsonIn } from '../words/jsonFields.ts';

/** What was read at one moment. */
export interface MemoryReading {
  /** Resident memory. */
  bytes: number;
  /** The most of it since the process started, where it tells. */
  peakBytes?: number;
  /** Sockets that are open there, where it tells. */
  sockets?: number;
}

/** What such an address must answer, for sentences. */
export const MEMORY_FORMS =
  'JSON that has memory_rss_bytes, or a text of Prometheus that has process_resident_memory_bytes';

/** Reads a reply; `undefined` where it does not tell the memory. */
export function readMemory(text: string): MemoryReading | undefined {
  const json = jsonIn(text);
  return isRecord(json) ? ofStats(json) : ofProcess(text);
}

function ofStats({
  memory_rss_bytes: bytes,
  memory_peak_bytes: peakBytes,
  sockets_open: sockets,
}: Record<string, unknown>): MemoryReading | undefined {
  if (!isAmount(bytes) || bytes === 0) return undefined;
  return {
    bytes,
    ...(isAmount(peakBytes) ? { peakBytes } : {}),
    ...(isAmount(sockets) ? { sockets } : {}),
  };
}

/** https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics */
const RESIDENT = /^process_resident_memory_bytes(?:\{[^}]*\})?[ \t]+(\S+)/m;

function ofProcess(text: string): MemoryReading | undefined {
  const bytes = Number(RESIDENT.exec(text)?.[1] ?? NaN);
  return isAmount(bytes) && bytes > 0 ? { bytes } : undefined;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
