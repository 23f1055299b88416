// What the work on the objects of a job is given: the job under one policy, and the world around it.
import type { AuditLine, Trail } from '../../audit/ports.ts';
import type { TrailEntry } from '../../audit/entry.ts';
import type { AuditEntry } from '../../audit/record.ts';
import type { CompiledPolicy } from '../../protect/compile.ts';
import type { Protector } from '../../protect/protector.ts';
import { fileColumns } from '../columns.ts';
import { fileOrigin } from '../origin.ts';
import type { OutputObjects, ParquetFiles, SourceObjects, WorkStore } from '../ports.ts';
import type { FileColumn } from '../protect-batch.ts';
import { type FileJob, wantedOfJob } from './job.ts';
import { MIN_PART_BYTES, PARTS_OF_RANGE } from './part-writer.ts';

/** How objects are cut. */
export interface ObjectSizes {
  readonly rangeBytes: number;
  readonly pieceBytes: number;
  readonly partBytes: number;
  readonly minPartBytes: number;
  /** The most of a row group of Parquet, which lies in memory: 285 MB of three protected columns took 1.9 GB. */
  readonly groupBytes: number;
}

/**
 * A range is some minutes of a function with one processor; its parts are an eighth of it, so that an output of twice the size fits the
 * numbers of the range.
 */
export const OBJECT_SIZES: ObjectSizes = {
  rangeBytes: 256 * 1024 * 1024,
  pieceBytes: 8 * 1024 * 1024,
  partBytes: 32 * 1024 * 1024,
  minPartBytes: MIN_PART_BYTES,
  groupBytes: 256 * 1024 * 1024,
};

/** Parts of an upload (S3 User Guide, "Multipart upload limits"). */
export const MAX_PARTS = 10_000;
export const MAX_RANGES = MAX_PARTS / PARTS_OF_RANGE;
const VENDOR = 'aws.files';

/** Records of a work, in a chain of its own. */
export interface WorkRecords {
  /** Signs records; `chain` names the work. */
  readonly signed: (chain: string, entries: readonly AuditEntry[]) => readonly AuditLine[];
  /** Resolves once the lines are durable. */
  readonly append: (lines: readonly AuditLine[]) => Promise<void>;
}

export interface ObjectWorld {
  readonly source: SourceObjects;
  readonly outputs: OutputObjects;
  readonly store: WorkStore;
  readonly protector: Protector;
  readonly policy: CompiledPolicy;
  readonly records: WorkRecords;
  /** For refusals that are about no object. */
  readonly trail: Trail;
  /** Unpacks and decodes a text; calls `changed` where the text does not lie in the object as it is. */
  readonly decoded: (
    raw: AsyncIterable<Uint8Array>,
    encoding: string | undefined,
    changed: () => void,
  ) => AsyncGenerator<Uint8Array>;
  /** @default jobs on Parquet are refused */
  readonly parquet?: ParquetFiles | undefined;
  /** @default OBJECT_SIZES */
  readonly sizes?: ObjectSizes;
}

/** A job under one policy, in its world. */
export interface JobInWorld {
  readonly world: ObjectWorld;
  readonly job: FileJob;
  readonly columns: readonly FileColumn[];
  readonly sizes: ObjectSizes;
}

/** Throws `FilesError` for columns that do not fit the policy. */
export function jobInWorld(world: ObjectWorld, job: FileJob): JobInWorld {
  const { operation, wanted } = wantedOfJob(job);
  const columns = fileColumns(wanted, operation, world.policy);
  return { world, job, columns, sizes: world.sizes ?? OBJECT_SIZES };
}

/** Returns what records say of who asks, and where values are. `id`: of the work. */
export function originOf({ world, job, columns }: JobInWorld, id: string, key: string): ReturnType<typeof fileOrigin> {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return fileOrigin(world.protector.identify, job.user, { id, name }, columns, VENDOR);
}

/** Resolves once the entries are in the trail, beside the chains of works. */
export async function recordNow(trail: Trail, entries: readonly TrailEntry[]): Promise<void> {
  const own = trail.open();
  for (const entry of entries) own.record(entry);
  await own.flush();
}
