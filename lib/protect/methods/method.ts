import type { Secret } from '../../base/secret.ts';
import type { KeyPurpose } from '../../policy/keyring.ts';
import type { AlphabetDefinition } from '../../policy/elements/parts.ts';
import type { Cell, Column } from '../../base/cell.ts';
import type { PackedColumn } from '../columns/packed-column.ts';

/** A transformed column, row for row, and how many of its values have a domain so small that a codebook is cheap. */
export interface ColumnResult {
  readonly column: Cell[];
  readonly weakCount: number;
}

/**
 * One element's protection, a whole column at a time. NULL stays NULL and the empty string stays empty. Both directions
 * throw `RefusedError` with the row index of a value they do not take, and then nothing is answered.
 * Bytes (ciphertext, digests, binary tokens) are lower-case hexadecimal text.
 */
export interface Method {
  readonly protect: (column: Column, externalIv: string | undefined) => ColumnResult;
  readonly unprotect: (column: Column, externalIv: string | undefined) => ColumnResult;
  /** The same over packed columns, where the method works on characters. Uses its input up. */
  readonly packed?: PackedMethod;
}

export interface PackedMethod {
  readonly protect: (column: PackedColumn, externalIv: string | undefined) => PackedResult;
  readonly unprotect: (column: PackedColumn, externalIv: string | undefined) => PackedResult;
}

/** `column` is valid until the method's next call. */
export interface PackedResult {
  readonly column: PackedColumn;
  readonly weakCount: number;
}

/** Sees the time the cipher takes: calls `work` once and may look at a clock before and after. */
export type CipherMeter = (values: number, work: () => void) => void;

/** The meter of production: none. */
export const unmetered: CipherMeter = (_values, work) => work();

/** What a method is made from, besides its definition. */
export interface MethodContext {
  /** A key of this element for one purpose. The receiver destroys it when a cipher holds it. */
  readonly key: (purpose: KeyPurpose) => Secret;
  readonly elementId: string;
  readonly keyVersion: number;
  /** The policy's own alphabets. */
  readonly alphabets: readonly AlphabetDefinition[];
  readonly meter: CipherMeter;
  /** Random bytes, for nonces. */
  readonly random: (bytes: number) => Uint8Array;
}
