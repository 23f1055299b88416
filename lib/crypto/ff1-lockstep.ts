// FF1's ten rounds in WebAssembly, for groups of different domains together (SP 800-38G, algorithms 7 and 8, step 6).
//
// A pack of groups lies in the memory of the kernels. Each round takes one call of the block cipher for all values of the
// pack, one more where S is longer than a block, and one more for each further variable block of Q. A column of twenty
// lengths thus costs as many calls as a column of one.

import { type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import type { Kernels } from './ff1-kernels.ts';
import { type KernelShape, kernelShape, MAX_WIDE_BYTES } from './ff1-kernel-shape.ts';
import { LONG_MEMORY, longRoots } from './ff1-long-shape.ts';

const ROUNDS = 10;
/** Measured: more blocks in a call of the cipher are no faster, and more memory falls out of the cache. */
const PACK_ROWS = 2048;
const PACK_BYTES = 384 * 1024;
/**
 * The kernels' code may use the memory below. The memory above has room for a pack, and for one value of any size; behind it
 * lies that of long halves.
 */
const MEMORY_START = 1024;
const GROUP_WORDS = 12;

/** Values of one domain. */
export interface Ff1Group {
  readonly domain: Ff1Domain;
  /** Row after row, replaced in place. */
  readonly numerals: Uint16Array;
  /** One block for all values, or one for each (ff1-prefix.ts). */
  readonly base: Buffer;
}

/** Values of a group that go through the rounds in one pack. */
interface Piece {
  readonly group: Ff1Group;
  readonly shape: KernelShape;
  readonly from: number;
  readonly rows: number;
}

/** A piece in memory. */
interface Placed extends Piece {
  readonly numerals: number;
  readonly left: number;
  readonly right: number;
  readonly q: number;
}

/** Runs FF1 over the values of all groups in place, and overwrites the memory of the kernels. */
export function runLockstep(kernels: Kernels, aes: BlockCipher, groups: readonly Ff1Group[], sign: 1 | -1): void {
  let used = 0;
  const hasLong = groups.some(({ domain }) => domain.b > MAX_WIDE_BYTES);
  if (hasLong) prepareLong(kernels);
  try {
    for (const pieces of packsOf(groups)) {
      const pack = new Pack(kernels, pieces, sign);
      used = Math.max(used, pack.end);
      pack.run(aes);
    }
  } finally {
    kernels.bytes.subarray(MEMORY_START, used).fill(0);
    if (hasLong) kernels.bytes.subarray(LONG_MEMORY.start, LONG_MEMORY.constants).fill(0);
  }
}

const prepared = new WeakSet<Kernels>();

/** Writes the roots of long halves into the memory of the kernels, once. */
function prepareLong(kernels: Kernels): void {
  if (prepared.has(kernels)) return;
  kernels.bytes.set(new Uint8Array(longRoots().buffer), LONG_MEMORY.constants);
  prepared.add(kernels);
}

/** Tells whether all numerals are below the radix. Reads them in the memory of the kernels. */
export function allBelow(kernels: Kernels, numerals: Uint16Array, radix: number): boolean {
  const most = PACK_BYTES / 2;
  let end = 0;
  try {
    for (let from = 0; from < numerals.length; from += most) {
      const part = numerals.subarray(from, from + most);
      kernels.numerals.set(part, MEMORY_START / 2);
      end = Math.max(end, MEMORY_START + 2 * part.length);
      if (kernels.allBelow(MEMORY_START, part.length, radix) === 0) return false;
    }
    return true;
  } finally {
    kernels.bytes.subarray(MEMORY_START, end).fill(0);
  }
}

/**
 * Cuts groups into packs, those with the longest halves first: in each pack, the groups that need a further block of Q or
 * S come before those that do not.
 */
function* packsOf(groups: readonly Ff1Group[]): Generator<readonly Piece[]> {
  const sorted = groups.length === 1 ? groups : groups.toSorted((a, b) => b.domain.b - a.domain.b);
  let pieces: Piece[] = [];
  let rowsLeft = PACK_ROWS;
  let bytesLeft = PACK_BYTES;
  for (const group of sorted) {
    const shape = kernelShape(group.domain);
    const count = group.numerals.length / group.domain.length;
    const rowBytes = bytesOfRow(group, shape);
    const ownBytes = shape.bytes.length + 2 * shape.halfBytes + SPARE_BYTES;
    for (let from = 0; from < count; ) {
      const room = Math.min(rowsLeft, Math.floor((bytesLeft - ownBytes) / rowBytes));
      if (room < 1 && pieces.length > 0) {
        yield pieces;
        pieces = [];
        rowsLeft = PACK_ROWS;
        bytesLeft = PACK_BYTES;
        continue;
      }
      const rows = Math.min(count - from, Math.max(1, room));
      pieces.push({ group, shape, from, rows });
      from += rows;
      rowsLeft -= rows + (rows & 1);
      bytesLeft -= ownBytes + rows * rowBytes;
    }
  }
  if (pieces.length > 0) yield pieces;
}

/** What a piece takes besides its values and its shape: its entry, gaps between its regions, blocks that fill up a pair. */
const SPARE_BYTES = 256;

function bytesOfRow({ domain }: Ff1Group, { halfBytes, blocks, more }: KernelShape): number {
  return BLOCK_BYTES * (3 + 2 * more + (blocks > 1 ? blocks : 0)) + 2 * halfBytes + 2 * domain.length;
}

/** Pieces in the memory of the kernels. */
class Pack {
  readonly #kernels: Kernels;
  readonly #sign: 1 | -1;
  readonly #pieces: readonly Placed[];
  /** The end of its memory. */
  readonly end: number;
  readonly #input: Region;
  readonly #moreInput: Region;
  /** Where the blocks end that take part while so many blocks of Q are left. */
  readonly #endOfBlocks: readonly number[];
  readonly #rows: number;

  constructor(kernels: Kernels, pieces: readonly Piece[], sign: 1 | -1) {
    this.#kernels = kernels;
    this.#sign = sign;
    const memory = new Places(MEMORY_START + 4 * GROUP_WORDS * pieces.length);
    const blocks = pieces.reduce((sum, { rows }) => sum + rows + (rows & 1), 0);
    const more = pieces.reduce((sum, { rows, shape }) => sum + rows * shape.more, 0);
    this.#input = memory.region(blocks);
    this.#moreInput = memory.region(more);
    const endOfBlocks = [this.#input.from];
    let row = 0;
    let moreRow = 0;
    let rows = 0;
    this.#pieces = pieces.map((piece, i) => {
      const placed = this.#place(piece, i, memory, row, moreRow);
      rows += piece.rows;
      row += piece.rows + (piece.rows & 1);
      moreRow += piece.rows * piece.shape.more;
      for (let left = 1; left <= piece.shape.blocks; left++) {
        endOfBlocks[left] = this.#input.from + BLOCK_BYTES * row;
      }
      return placed;
    });
    this.#endOfBlocks = endOfBlocks;
    this.#rows = rows;
    this.end = memory.end;
  }

  /** Writes what a piece consists of, and its entry in the list of groups. */
  #place(piece: Piece, index: number, memory: Places, row: number, moreRow: number): Placed {
    const { bytes, numerals: allNumerals, words } = this.#kernels;
    const { group, shape, from, rows } = piece;
    const { length } = group.domain;
    const even = rows + (rows & 1);
    const shapeAt = memory.take(shape.bytes.length);
    bytes.set(shape.bytes, shapeAt);
    const shared = group.base.length === BLOCK_BYTES;
    const base = memory.take(BLOCK_BYTES * (shared ? 1 : even));
    bytes.set(shared ? group.base : group.base.subarray(BLOCK_BYTES * from, BLOCK_BYTES * (from + rows)), base);
    const left = memory.take(even * shape.halfBytes);
    const right = memory.take(even * shape.halfBytes);
    const q = memory.take(shape.blocks > 1 ? rows * shape.blocks * BLOCK_BYTES : 0);
    const numerals = memory.take(2 * rows * length);
    const placed = { ...piece, numerals, left, right, q };
    const given = group.numerals.subarray(from * length, (from + rows) * length);
    allNumerals.set(given, numerals / 2);
    words.set(
      [
        shapeAt,
        rows,
        numerals,
        left,
        right,
        base,
        shared ? 0 : BLOCK_BYTES,
        this.#input.from + BLOCK_BYTES * row,
        this.#input.to + BLOCK_BYTES * row,
        q,
        this.#moreInput.from + BLOCK_BYTES * moreRow,
        this.#moreInput.to + BLOCK_BYTES * moreRow,
      ],
      MEMORY_START / 4 + GROUP_WORDS * index,
    );
    return placed;
  }

  run(aes: BlockCipher): void {
    const kernels = this.#kernels;
    const sign = this.#sign;
    const count = this.#pieces.length;
    const mostBlocks = this.#endOfBlocks.length - 1;
    const encipher = this.#encipherer(aes);
    const first = sign === 1 ? 0 : ROUNDS - 1;
    kernels.begin(MEMORY_START, count, first);
    for (let step = 0; step < ROUNDS; step++) {
      const round = first + sign * step;
      if (this.#rows < mostBlocks) this.#chainRows(aes, encipher);
      else {
        for (let left = mostBlocks; left >= 1; left--) {
          if (mostBlocks > 1) kernels.chain(MEMORY_START, count, left);
          encipher(this.#input, this.#input.from, this.#endOfBlocks[left]!);
        }
      }
      if (this.#moreInput.bytes > 0) {
        kernels.extend(MEMORY_START, count);
        encipher(this.#moreInput, this.#moreInput.from, this.#moreInput.from + this.#moreInput.bytes);
      }
      kernels.add(MEMORY_START, count, round, sign);
    }
    kernels.finish(MEMORY_START, count);
    for (const { group, from, rows, numerals } of this.#pieces) {
      const { length } = group.domain;
      group.numerals.set(kernels.numerals.subarray(numerals / 2, numerals / 2 + rows * length), from * length);
    }
  }

  /** Returns a function that enciphers the blocks of a region between two addresses. */
  #encipherer(aes: BlockCipher): (region: Region, from: number, to: number) => void {
    const { bytes } = this.#kernels;
    return (region, from, to) => {
      if (to > from) bytes.set(aes(bytes.subarray(from, to)), region.to + from - region.from);
    };
  }

  /** The same for fewer rows than blocks: one call for each row with several blocks, and one for all others. */
  #chainRows(aes: BlockCipher, encipher: (region: Region, from: number, to: number) => void): void {
    const { bytes } = this.#kernels;
    let output = this.#input.to;
    for (const { group, shape, from, rows, q } of this.#pieces) {
      if (shape.blocks === 1) break;
      const size = shape.blocks * BLOCK_BYTES;
      for (let row = 0; row < rows; row++) {
        const at = group.base.length === BLOCK_BYTES ? 0 : BLOCK_BYTES * (from + row);
        const chained = aes.chain(
          group.base.subarray(at, at + BLOCK_BYTES),
          bytes.subarray(q + row * size, q + (row + 1) * size),
        );
        bytes.set(chained, output + BLOCK_BYTES * row);
      }
      output += BLOCK_BYTES * (rows + (rows & 1));
    }
    encipher(this.#input, this.#input.from + output - this.#input.to, this.#endOfBlocks[1]!);
  }
}

/** Blocks in front of the cipher and behind it. */
interface Region {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** Gives out memory in order, in multiples of a block. */
class Places {
  end: number;

  constructor(start: number) {
    this.end = start;
    this.take(0);
  }

  take(bytes: number): number {
    const at = this.end;
    this.end = Math.ceil((at + bytes) / BLOCK_BYTES) * BLOCK_BYTES;
    return at;
  }

  region(blocks: number): Region {
    const bytes = BLOCK_BYTES * blocks;
    return { from: this.take(bytes), to: this.take(bytes), bytes };
  }
}
