// A parsed request of any body form: its columns, and how their results become the reply.

import type { Column } from '../../base/cell.ts';
import type { Target } from '../../protect/batch.ts';
import type { RefusedError } from '../../protect/refusal.ts';
import type { Encoding } from './encoding.ts';

/** One column as the body has it: names as received, values in their encoding. */
export interface ColumnCall extends Target {
  /** Undefined: the default of the elements. */
  readonly encoding: Encoding | undefined;
  readonly values: Column;
  readonly queryId: string | undefined;
}

/** The result of a column. */
export type ColumnReply =
  | { readonly ok: true; readonly encoding: Encoding; readonly values: Column; readonly substituted: boolean }
  | { readonly ok: false; readonly refusal: RefusedError };

export interface Call {
  /** A malformed column is a refusal of its own. */
  readonly columns: readonly (ColumnCall | RefusedError)[];
  /** Makes status and body of the reply. Throws the `RefusedError` that refuses the whole request. */
  readonly reply: (results: readonly ColumnReply[]) => Reply;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Reads an external IV: null and the empty text mean none. */
export function ivOf(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}

export function queryIdOf(...parts: readonly (string | number | null | undefined)[]): string | undefined {
  const given = parts.filter((part) => part !== undefined && part !== null && part !== '');
  return given.length === 0 ? undefined : given.join(':');
}
