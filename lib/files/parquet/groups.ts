// Row groups of a Parquet file with protected columns, and the end of the file that they make.
import { FilesError } from '../errors.ts';
import type { Reject } from '../rejects.ts';
import { type Footer, writeFooter } from './footer.ts';
import { placedRowGroup } from './splice.ts';
import { readStruct, structsField } from './thrift.ts';

/** The protected row group, to be placed into the new file. */
export interface ProtectedGroup {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Thrift of the row group, its offsets counted from the first of `bytes`; undefined where all rows were rejected. */
  readonly group: Uint8Array | undefined;
  /** Thrift of the schema that the new file has to have, as field 2 of a structure. */
  readonly schema: Uint8Array;
  readonly rows: number;
  readonly rejects: readonly Reject[];
  /** How many values of each column were seen, NULL included. */
  readonly seen: readonly number[];
}

/** A row group in its place. */
export interface PlacedGroup extends Pick<ProtectedGroup, 'group'> {
  readonly schema: Uint8Array | undefined;
  /** Where its bytes begin in the new file. */
  readonly start: number;
}

/** Writes the end of a file of these row groups. Throws `FilesError` where their types differ. */
export function footerOfGroups(footer: Footer, groups: readonly PlacedGroup[]): Buffer {
  const schemas = new Set(groups.map(({ schema }) => schema && Buffer.from(schema).toString('base64')));
  if (schemas.size > 1) throw new FilesError('FILES_LAYOUT', 'the row groups of the file would have different types');
  const schema = groups[0]?.schema;
  const kept = groups.flatMap(({ group, start }) =>
    group === undefined ? [] : [{ struct: readStruct(group), start }],
  );
  const placed = kept.map(({ struct, start }, ordinal) => placedRowGroup(struct, start, ordinal));
  return writeFooter(footer, schema === undefined ? footer.schema : structsField(readStruct(schema), 2), placed);
}
