export const POINTS = [
  'before the write',
  'during the write',
  'after the write',
  'before the answer',
  'after the answer',
] as const;

/** The batches of one soak process, and the point at which it dies. */
export interface Job {
  readonly sink: { readonly kind: 'file' | 'cloudwatch-logs' | 'kinesis'; readonly where: string };
  readonly chainId: string;
  /** Batches from `first` to `last`. */
  readonly first: number;
  readonly last: number;
  readonly death: { readonly batch: number; readonly point: (typeof POINTS)[number]; readonly delayMs: number };
}

/** The column of a batch: `valuesOf(batch)` values and a NULL. */
export function columnOf(batch: number): readonly (string | null)[] {
  return [...Array.from({ length: valuesOf(batch) }, (_, i) => `Name ${'abcdefgh'.slice(i % 4)}`), null];
}

export function valuesOf(batch: number): number {
  return 1 + (batch % 9);
}

/** The same for numbered events. */
export type EventsJob = Omit<Job, 'chainId'>;

export function tenantOf(event: number): string {
  return `tenant-${event % 4}`;
}
