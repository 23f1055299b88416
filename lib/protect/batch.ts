import type { Operation } from '../base/operation.ts';
import type { AnyColumn } from './columns/packed-column.ts';

/** What to do, and with which elements; names are as the policy spells them, where it has them. */
export interface Target {
  readonly operation: Operation;
  readonly element: string;
  /** Reprotect: the element the values are protected with. */
  readonly oldElement?: string | undefined;
  readonly externalIv?: string | undefined;
  readonly oldExternalIv?: string | undefined;
}

/** What one request asks for: one operation on one column. */
export interface Batch extends Target {
  readonly column: AnyColumn;
}

/** Who asks, and from where: what the audit record says of a request whatever becomes of it. */
export interface RequestOrigin {
  readonly user: string;
  /** `aws.redshift`, `aws.snowflake`, `aws.rest`. */
  readonly vendor: string;
  readonly requestId?: string | undefined;
  readonly queryId?: string | undefined;
  readonly cluster?: string | undefined;
  readonly clientIp?: string | undefined;
  /** Snowflake's name of the batch, the same when it is sent again. */
  readonly batchId?: string | undefined;
  /** This environment has answered the very same batch before: its values are counted as repeated. */
  readonly repeated?: boolean | undefined;
}
