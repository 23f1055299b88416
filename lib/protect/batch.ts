import type { Operation } from '../base/operation.ts';
import type { Caller } from './caller.ts';
import type { AnyColumn } from './columns/packed-column.ts';

/** What to do, and with which elements. Names are spelled as in the policy, if the policy has them. */
export interface Target {
  readonly operation: Operation;
  readonly element: string;
  /** For reprotect: the element that the values are protected with now. */
  readonly oldElement?: string | undefined;
  readonly externalIv?: string | undefined;
  readonly oldExternalIv?: string | undefined;
}

/** One operation on one column. */
export interface Batch extends Target {
  readonly column: AnyColumn;
}

/** The caller and its place, which the audit record names whatever the outcome. */
export interface RequestOrigin {
  readonly caller: Caller;
  /** `aws.redshift`, `aws.snowflake`, `aws.rest`. */
  readonly vendor: string;
  readonly requestId?: string | undefined;
  readonly queryId?: string | undefined;
  readonly cluster?: string | undefined;
  readonly clientIp?: string | undefined;
  /** Snowflake's id of the batch. A repeat has the same id. */
  readonly batchId?: string | undefined;
  /**
   * Tells whether this environment has answered the same batch before, and with the same outcome: then its values count
   * as repeated. `outcome` names everything that decided the answer besides the request. @default - it has not
   */
  readonly isRepeat?: ((outcome: string) => boolean) | undefined;
}
