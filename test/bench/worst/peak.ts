// Memory that work takes in this process: its peak, which costs a collection before it, and a bound, which costs nothing.

import { readFileSync, writeFileSync } from 'node:fs';
import { GCProfiler, getHeapStatistics } from 'node:v8';
import { attempt } from '../../../lib/base/attempt.ts';

type Work = () => Promise<void>;

declare const gc: (options: object) => void;

/** Returns how far the resident memory rises, in bytes. Undefined where the system is not Linux, which can forget a peak. */
export async function riseOf(work: Work): Promise<number | undefined> {
  gc({ type: 'major', flavor: 'last-resort', execution: 'sync' });
  const before = forgetPeak();
  if (before === undefined) return undefined;
  await work();
  return peak() - before;
}

/** Returns a number of bytes that `riseOf` cannot exceed: what the work allocates, whether it keeps it or not. */
export async function boundOf(work: Work): Promise<number> {
  const before = forgetPeak() ?? 0;
  const profiler = new GCProfiler();
  let from = heap();
  let allocated = 0;
  profiler.start();
  await work();
  for (const { beforeGC, afterGC } of profiler.stop().statistics) {
    allocated += Math.max(0, inUse(beforeGC) - from);
    from = inUse(afterGC);
  }
  allocated += Math.max(0, heap() - from);
  const rise = before === 0 ? 0 : peak() - before;
  return Math.max(allocated, rise);
}

function heap(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics();
  return used + external;
}

type Snapshot = ReturnType<GCProfiler['stop']>['statistics'][number]['beforeGC'];

function inUse({ heapStatistics: { usedHeapSize, externalMemory } }: Snapshot): number {
  return usedHeapSize + externalMemory;
}

/** Makes the resident memory of now the peak, and returns it in bytes. */
function forgetPeak(): number | undefined {
  return attempt(() => writeFileSync('/proc/self/clear_refs', '5')).ok ? statusOf('VmRSS') : undefined;
}

function peak(): number {
  return statusOf('VmHWM');
}

function statusOf(name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'latin1');
  return 1024 * Number(new RegExp(String.raw`^${name}:\s+(\d+) kB$`, 'm').exec(status)![1]);
}
