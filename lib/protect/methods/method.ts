import type { Secret } from '../../base/secret.ts';
import type { KeyPurpose } from '../../policy/keyring.ts';
import type { AlphabetDefinition } from '../../policy/elements/parts.ts';
import type { Column } from '../../base/cell.ts';
import type { WalkAllowance } from './walk-allowance.ts';
import type { PackedColumn } from '../columns/packed-column.ts';

/** How well the values of a column are protected. */
export interface ValueCounts {
  /** Values whose domain is below a million: a codebook of them is cheap. */
  readonly weakCount: number;
  /** Values that were left clear in whole, as the element says. Null and the empty string do not count. */
  readonly clearCount: number;
}

/** A transformed column, row for row. It may be the one that was given. */
export interface ColumnResult extends ValueCounts {
  readonly column: Column;
}

/**
 * Protects and unprotects the values of one element, a whole column at a time. NULL stays NULL and the empty string
 * stays empty. Both directions throw `RefusedError` with the row index of a value that they do not take; then there is
 * no result. Bytes (ciphertext, digests, binary tokens) are lower-case hexadecimal text.
 */
export interface Method {
  readonly protect: (column: Column, externalIv: string | undefined) => ColumnResult;
  readonly unprotect: (column: Column, externalIv: string | undefined) => ColumnResult;
  /** The same over packed columns, for methods that work on characters. Overwrites its input. */
  readonly packed?: PackedMethod;
}

export interface PackedMethod {
  readonly protect: (column: PackedColumn, externalIv: string | undefined) => PackedResult;
  readonly unprotect: (column: PackedColumn, externalIv: string | undefined) => PackedResult;
}

/** `column` is valid until the method's next call. */
export interface PackedResult extends ValueCounts {
  readonly column: PackedColumn;
}

/** Measures the time of a cipher: calls `work` once, and may read a clock before and after. */
export type CipherMeter = (values: number, work: () => void) => void;

/** The meter of production: it measures nothing. */
export const unmetered: CipherMeter = (_values, work) => work();

/** What a method needs besides its definition. */
export interface MethodContext {
  /** Returns a key of this element for one purpose. The caller destroys it once a cipher holds it. */
  readonly key: (purpose: KeyPurpose) => Secret;
  readonly elementId: string;
  readonly keyVersion: number;
  /** The policy's own alphabets. */
  readonly alphabets: readonly AlphabetDefinition[];
  readonly meter: CipherMeter;
  /** Bounds the walks of the request under way. @default - those of each batch on its own */
  readonly walks?: WalkAllowance;
  /** Returns random bytes, for nonces. */
  readonly random: (bytes: number) => Uint8Array;
}
