/** How the load generator, the process of k6, fared: CPU, memory and open files, second by second. Pure. */

/** What was read of k6 at one moment. */
export interface Reading {
  /** Milliseconds on a steady clock. */
  at: number;
  /** CPU time since the start of the process. */
  cpuSeconds: number;
  memoryBytes: number;
  openFiles: number;
  maxOpenFiles: number;
  /** Cores that k6 may use (GOMAXPROCS); NaN when it did not say. */
  cores: number;
}

/** One sample of `generator.json`. */
export interface GeneratorSample {
  /** Since the start of the load, in seconds. */
  second: number;
  /** Seconds that the sample covers: more than one where k6 was too busy to answer. */
  seconds: number;
  /** Share of the cores it may use; at most 1, which only the clocks of two processes can exceed. */
  cpu: number;
  memoryBytes: number;
  openFiles: number;
}

/** `generator.json`. */
export interface GeneratorReport {
  cores: number;
  /** null: never read. */
  peakCpu: number | null;
  averageCpu: number | null;
  peakMemoryBytes: number | null;
  peakOpenFiles: number | null;
  maxOpenFiles: number | null;
  /** Longest time in a row with more than 90 % of the cores in use. */
  busySeconds: number;
  samples: GeneratorSample[];
}

/** More than this share of the cores leaves k6 no room. */
const BUSY = 0.9;

/** Reads k6's `/metrics`; `undefined` when the figures are not there. */
export function parseReading(text: string, at: number): Reading | undefined {
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
  const cpuSeconds = value('process_cpu_seconds_total');
  if (Number.isNaN(cpuSeconds)) return undefined;
  return {
    at,
    cpuSeconds,
    memoryBytes: value('process_resident_memory_bytes'),
    openFiles: value('process_open_fds'),
    maxOpenFiles: value('process_max_fds'),
    cores: value('go_sched_gomaxprocs_threads'),
  };
}

/** Readings closer together than this tell more of when they were read than of k6. */
const SHORTEST_MS = 500;

/** Makes the report; the first reading is the start of the load. `cores` is for a k6 that does not say. */
export function generatorReport(readings: readonly Reading[], cores: number): GeneratorReport {
  const [first] = readings;
  const usable = Number.isNaN(first?.cores ?? NaN) ? cores : (first?.cores ?? cores);
  const apart = spaced(readings);
  const samples = apart
    .slice(1)
    .map((reading, index) => sampleOf(apart[index] ?? reading, reading, first?.at ?? 0, usable));
  return {
    cores: usable,
    peakCpu: peak(samples.map(({ cpu }) => cpu)),
    averageCpu: average(samples),
    peakMemoryBytes: peak(readings.map(({ memoryBytes }) => memoryBytes)),
    peakOpenFiles: peak(readings.map(({ openFiles }) => openFiles)),
    maxOpenFiles: peak(readings.map(({ maxOpenFiles }) => maxOpenFiles)),
    busySeconds: busySeconds(samples),
    samples,
  };
}

/** The readings without those that follow the one before them too closely. */
function spaced(readings: readonly Reading[]): Reading[] {
  const kept: Reading[] = [];
  for (const reading of readings)
    if (reading.at - (kept.at(-1)?.at ?? -Infinity) >= SHORTEST_MS) kept.push(reading);
  return kept;
}

function average(samples: readonly GeneratorSample[]): number | null {
  const seconds = samples.reduce((sum, sample) => sum + sample.seconds, 0);
  const used = samples.reduce((sum, sample) => sum + sample.cpu * sample.seconds, 0);
  return seconds === 0 ? null : round(used / seconds);
}

/** CPU and memory over the last `count` readings; `undefined` before the second. `cores` as in `generatorReport`. */
export function recentSample(
  readings: readonly Reading[],
  count: number,
  cores: number,
): GeneratorSample | undefined {
  const recent = readings.slice(-count);
  const [first] = recent;
  const last = recent.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  return sampleOf(first, last, first.at, Number.isNaN(last.cores) ? cores : last.cores);
}

function sampleOf(before: Reading, now: Reading, start: number, cores: number): GeneratorSample {
  const seconds = (now.at - before.at) / 1000;
  return {
    second: round((now.at - start) / 1000),
    seconds: round(seconds),
    cpu: round(Math.min(1, (now.cpuSeconds - before.cpuSeconds) / seconds / cores)),
    memoryBytes: now.memoryBytes,
    openFiles: now.openFiles,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function peak(values: readonly number[]): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : Math.max(...known);
}

/** The longest time in a row, in whole seconds, in which every sample was over 90 %. */
export function busySeconds(samples: readonly Pick<GeneratorSample, 'cpu' | 'seconds'>[]): number {
  let [longest, current] = [0, 0];
  for (const { cpu, seconds } of samples) {
    current = cpu > BUSY ? current + seconds : 0;
    longest = Math.max(longest, current);
  }
  return Math.round(longest);
}
