/** Confines a process to a share of a core, with the CPU controller of Linux' control groups (version 1). */
import { accessSync, constants, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const V1 = '/sys/fs/cgroup/cpu';
const PERIOD_MICROSECONDS = 100_000;

export class Cpu {
  private readonly group: string;

  /** Makes a group with `cores` (such as 0.2); it is removed when the test ends. */
  constructor(t: TestContext, cores: number) {
    this.group = join(V1, `crescendo-test-${process.pid}`);
    mkdirSync(this.group);
    t.after(() => rmdirSync(this.group));
    writeFileSync(join(this.group, 'cpu.cfs_period_us'), String(PERIOD_MICROSECONDS));
    writeFileSync(join(this.group, 'cpu.cfs_quota_us'), String(PERIOD_MICROSECONDS * cores));
  }

  /** Why there is no such group on this machine; false when there is. */
  static unavailable(): string | false {
    const instead = '"a lag limit that no machine keeps" stands in for it';
    if (!existsSync(join(V1, 'cpu.cfs_quota_us'))) return `there is no CPU controller at ${V1}; ${instead}`;
    try {
      accessSync(V1, constants.W_OK);
      return false;
    } catch {
      return `${V1} is not writable; ${instead}`;
    }
  }

  /** Puts a process, and what it starts from now on, into the group. */
  confine(pid: number): void {
    writeFileSync(join(this.group, 'cgroup.procs'), String(pid));
  }
}
