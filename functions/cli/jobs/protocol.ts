// What the main thread and the workers of a job say to each other.
import type { AuditEntry } from '../../../lib/audit/record.ts';
import type { Packing } from '../../../lib/files/packing.ts';
import type { FileColumn } from '../../../lib/files/protect-batch.ts';
import type { Reject } from '../../../lib/files/rejects.ts';
import type { TextLayout } from '../../../lib/files/text-layout.ts';

/** `workerData`: what all pieces of a job share. */
export interface WorkerSetup {
  readonly workspaceDir: string;
  readonly user: string;
  /** The environment of the command, for the mapping of users. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly columns: readonly FileColumn[];
  readonly mayReject: boolean;
  /** The policy that the job began under. A worker that finds another one refuses to work. */
  readonly policyVersion: string;
}

/** A file as records name it. */
export interface FileName {
  readonly index: number;
  readonly id: string;
  readonly name: string;
}

export type Task =
  | {
      readonly is: 'text';
      readonly file: FileName;
      readonly layout: TextLayout;
      /** Whole rows up to `to`, and at least one byte more. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly to: number;
      readonly packing: Packing;
    }
  | {
      readonly is: 'group';
      readonly file: FileName;
      readonly path: string;
      readonly temporary: string;
      readonly group: number;
    };

/** A protected piece; rows of rejects count from the piece. */
export interface PieceResult {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly rejects: readonly Reject[];
  readonly seen: readonly number[];
  readonly entries: readonly AuditEntry[];
  /** Parquet only. */
  readonly group?: Uint8Array | undefined;
  readonly schema?: Uint8Array | undefined;
}

export type Failure =
  /** A row was refused; `entry` says so to the trail, unless no element is concerned. */
  | { readonly is: 'row'; readonly reject: Reject; readonly entry: AuditEntry | undefined }
  /** The request was refused as a whole. */
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'error'; readonly code: string; readonly message: string }
  | { readonly is: 'fault'; readonly name: string };

export type ToWorker = { readonly is: 'task'; readonly task: Task } | { readonly is: 'close' };

export type FromWorker =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly result: PieceResult }
  | { readonly is: 'failed'; readonly failure: Failure };
