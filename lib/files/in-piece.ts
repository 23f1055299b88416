// Where in a piece of a file a failure happened.
import type { Reject } from './rejects.ts';

/** A row is malformed, and rows may not be rejected. The row counts from the piece. */
export class FlawedRowError extends Error {
  readonly reject: Reject;

  constructor(reject: Reject) {
    super('A row is malformed');
    this.reject = reject;
  }
}

/** A batch was refused: the batch's first row in its piece comes with the cause. */
export class InPieceError extends Error {
  readonly firstRow: number;

  constructor(firstRow: number, cause: unknown) {
    super('A batch was refused', { cause });
    this.firstRow = firstRow;
  }
}

/** Runs `work` on the batch that begins at a row of its piece. */
export async function inPiece<T>(firstRow: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new InPieceError(firstRow, error);
  }
}
