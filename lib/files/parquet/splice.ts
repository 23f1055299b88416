// A row group with new chunks for some columns, and the former bytes for all others: what is not protected is neither decoded nor
// written anew.
import { FilesError } from '../errors.ts';
import type { Chunk, Footer, Leaf, RowGroup } from './footer.ts';
import { int32, int64, intField, structField, structs, structsField, type ThriftStruct } from './thrift.ts';

/** A chunk of the new row group: from the source, or from the file that holds the protected columns. */
export interface ChunkSource {
  readonly from: 'source' | 'fresh';
  readonly chunk: Chunk;
}

/** Finds the column of a name. Only columns at the top of the schema that hold one value a row are protected. Throws `FilesError`. */
export function leafOfColumn({ leaves, schema }: Footer, name: string): number {
  const index = leaves.findIndex(({ path }) => path[0] === name);
  const leaf = leaves[index];
  if (leaf === undefined) {
    const names = [...new Set(leaves.map(({ path }) => path[0]))];
    throw new FilesError(
      'FILES_LAYOUT',
      `there is no column ${name}: the columns are ${names.slice(0, 40).join(', ')}`,
    );
  }
  if (leaf.path.length > 1 || repetitionOf(schema[leaf.element]!) === REPEATED) {
    throw new FilesError(
      'FILES_LAYOUT',
      `column ${name} is nested: in Parquet, columns of one value a row are protected`,
    );
  }
  return index;
}

const OPTIONAL = 1;
const REPEATED = 2;

function repetitionOf(element: ThriftStruct): number {
  return intField(element, 3) ?? 0;
}

/**
 * Returns the schema of the new file: that of the source, with the types of the fresh columns. A column that must have a value becomes one
 * that may have none, because the writer writes it so.
 */
export function splicedSchema(
  source: Footer,
  fresh: Footer,
  freshOf: ReadonlyMap<number, number>,
): readonly ThriftStruct[] {
  const schema = [...source.schema];
  for (const [leaf, freshLeaf] of freshOf) {
    const { element } = source.leaves[leaf]!;
    const before = schema[element]!;
    const after = fresh.schema[fresh.leaves[freshLeaf]!.element]!;
    const keepsType = intField(before, 1) === intField(after, 1) && intField(before, 2) === intField(after, 2);
    const changed = new Map(keepsType ? before : after);
    changed.set(4, before.get(4)!);
    const fieldId = before.get(9);
    if (fieldId !== undefined) changed.set(9, fieldId);
    changed.set(3, int32(OPTIONAL));
    schema[element] = changed;
  }
  return schema;
}

/**
 * Throws `FilesError` `FILES_LAYOUT` unless a file that was written whole has the schema of the source: then its chunks may stand among
 * those of the source.
 */
export function checkSameSchema(source: Footer, fresh: Footer, replaced: ReadonlySet<number>): void {
  for (const [index, leaf] of source.leaves.entries()) {
    if (replaced.has(index)) continue;
    const other = fresh.leaves[index];
    const same =
      other !== undefined &&
      other.path.join('\0') === leaf.path.join('\0') &&
      levelsOf(source, leaf) === levelsOf(fresh, other);
    if (!same) {
      throw new FilesError(
        'FILES_LAYOUT',
        `rows cannot be left out of this file: column ${leaf.path.join('.')} would be written with another type; run with --rejects fail, or with --format csv`,
      );
    }
  }
}

/** What a reader must know of a leaf to read its pages: physical type, length, and the repetition of it and its parents. */
function levelsOf({ schema }: Footer, { element, path }: Leaf): string {
  const leaf = schema[element]!;
  const parents = path.length > 1 ? schema.slice(Math.max(1, element - path.length + 1), element) : [];
  return JSON.stringify([intField(leaf, 1), intField(leaf, 2), [...parents, leaf].map(repetitionOf)]);
}

/** A row group and its bytes: chunks one behind the other, and offsets that count from the first of them. */
export function rowGroupOf(group: RowGroup, rows: number, chunks: readonly ChunkSource[]): ThriftStruct {
  let at = 0;
  let uncompressed = 0;
  const columns = chunks.map(({ chunk, from }, leaf): ThriftStruct => {
    const meta = new Map(chunk.meta);
    for (const id of OFFSETS) {
      const offset = intField(meta, id);
      if (offset === undefined) continue;
      if (offset < chunk.start || offset >= chunk.start + chunk.length) meta.delete(id);
      else meta.set(id, int64(offset - chunk.start + at));
    }
    // Indexes of pages and Bloom filters are left out: those of a protected column would tell its former values.
    for (const id of BLOOM_FILTER) meta.delete(id);
    if (from === 'fresh') meta.set(3, group.chunks[leaf]!.meta.get(3)!);
    at += chunk.length;
    uncompressed += intField(meta, 6) ?? 0;
    return columnChunk(meta);
  });
  const fields = new Map(group.struct);
  fields.set(1, structs(columns));
  fields.set(2, int64(uncompressed));
  fields.set(3, int64(rows));
  // The order of tokens is another than that of values.
  fields.delete(4);
  fields.set(5, int64(0));
  fields.set(6, int64(at));
  return fields;
}

/** Page offsets of a column: data, index, dictionary. */
const OFFSETS = [9, 10, 11] as const;
const BLOOM_FILTER = [14, 15] as const;

function columnChunk(meta: ThriftStruct): ThriftStruct {
  return new Map([
    [2, int64(0)],
    [3, { type: 12, fields: meta } as const],
  ]);
}

/** Moves the offsets of a row group of `rowGroupOf` to where its bytes lie, and numbers it. */
export function placedRowGroup(struct: ThriftStruct, start: number, ordinal: number): ThriftStruct {
  const columns = structsField(struct, 1).map((column) => {
    const meta = new Map(structField(column, 3));
    for (const id of OFFSETS) {
      const offset = intField(meta, id);
      if (offset !== undefined) meta.set(id, int64(offset + start));
    }
    return columnChunk(meta);
  });
  const placed = new Map(struct).set(1, structs(columns)).set(5, int64(start));
  if (placed.has(7)) placed.set(7, { type: 4, int: BigInt(ordinal) });
  return placed;
}
