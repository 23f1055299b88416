// Parquet's footer: schema, row groups and where the chunk of each column lies. Field ids are those of parquet.thrift
// (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
import { FilesError } from '../errors.ts';
import {
  int64,
  intField,
  readStruct,
  structField,
  structs,
  structsField,
  textField,
  type ThriftStruct,
  writeStruct,
} from './thrift.ts';

const MAGIC = Buffer.from('PAR1');
/** Length of the footer, then the magic. */
export const TAIL_BYTES = 8;
export const HEAD_BYTES = MAGIC.length;

/** A leaf of the schema: the chunk of a row group at the same index holds its values. */
export interface Leaf {
  readonly path: readonly string[];
  /** Its place in the list of schema elements. */
  readonly element: number;
}

export interface RowGroup {
  readonly struct: ThriftStruct;
  readonly rows: number;
  /** Rows of the groups before. */
  readonly firstRow: number;
  readonly chunks: readonly Chunk[];
}

/** The bytes of a column in a row group. */
export interface Chunk {
  readonly struct: ThriftStruct;
  readonly meta: ThriftStruct;
  readonly start: number;
  readonly length: number;
  readonly codec: number;
}

export interface Footer {
  readonly struct: ThriftStruct;
  readonly schema: readonly ThriftStruct[];
  readonly leaves: readonly Leaf[];
  readonly groups: readonly RowGroup[];
  readonly rows: number;
}

/** Returns the length of the footer that the last 8 bytes of a file announce. Throws `FilesError` `FILES_DAMAGED`. */
export function footerLength(tail: Uint8Array, fileBytes: number): number {
  const view = Buffer.from(tail.buffer, tail.byteOffset, tail.length);
  if (view.length === TAIL_BYTES && view.toString('latin1', 4) === 'PARE') {
    throw new FilesError('FILES_LAYOUT', 'the file is encrypted by Parquet modular encryption, which is not read');
  }
  if (view.length !== TAIL_BYTES || !view.subarray(4).equals(MAGIC)) {
    throw new FilesError(
      'FILES_DAMAGED',
      'the file does not end as Parquet files do: it is another format, or cut off',
    );
  }
  const length = view.readUInt32LE(0);
  if (length + TAIL_BYTES + HEAD_BYTES > fileBytes)
    throw new FilesError('FILES_DAMAGED', 'the footer is longer than the file');
  return length;
}

/** Reads a footer. Throws `FilesError`. */
export function readFooter(bytes: Uint8Array): Footer {
  const struct = readStruct(bytes);
  if (struct.has(8))
    throw new FilesError('FILES_LAYOUT', 'the file is encrypted by Parquet modular encryption, which is not read');
  const schema = structsField(struct, 2);
  const leaves = leavesOf(schema);
  let firstRow = 0;
  const groups = structsField(struct, 4).map((group): RowGroup => {
    const rows = intField(group, 3) ?? 0;
    const chunks = structsField(group, 1).map(chunkOf);
    if (chunks.length !== leaves.length)
      throw new FilesError('FILES_DAMAGED', 'a row group has another number of columns than the schema');
    firstRow += rows;
    return { struct: group, rows, firstRow: firstRow - rows, chunks };
  });
  return { struct, schema, leaves, groups, rows: firstRow };
}

function chunkOf(struct: ThriftStruct): Chunk {
  if (struct.has(1))
    throw new FilesError('FILES_LAYOUT', 'the columns of the file lie in other files, which are not read');
  const meta = structField(struct, 3);
  const data = intField(meta, 9) ?? 0;
  const dictionary = intField(meta, 11) ?? 0;
  // Some writers put 0 for "no dictionary".
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  return { struct, meta, start, length: intField(meta, 7) ?? 0, codec: intField(meta, 4) ?? 0 };
}

function leavesOf(schema: readonly ThriftStruct[]): Leaf[] {
  const leaves: Leaf[] = [];
  let at = 1;
  const walk = (path: readonly string[], depth: number): void => {
    const element = schema[at];
    if (element === undefined || depth > 100)
      throw new FilesError('FILES_DAMAGED', 'the schema of the file is damaged');
    const here = [...path, textField(element, 4) ?? ''];
    const children = intField(element, 5) ?? 0;
    if (children === 0) leaves.push({ path: here, element: at });
    at++;
    for (let child = 0; child < children; child++) walk(here, depth + 1);
  };
  const columns = schema[0] === undefined ? 0 : (intField(schema[0], 5) ?? 0);
  for (let column = 0; column < columns; column++) walk([], 0);
  return leaves;
}

/** Writes the end of a file: footer, its length, magic. */
export function writeFooter(source: Footer, schema: readonly ThriftStruct[], groups: readonly ThriftStruct[]): Buffer {
  const rows = groups.reduce((sum, group) => sum + (intField(group, 3) ?? 0), 0);
  const fields = new Map(source.struct);
  fields.set(2, structs(schema));
  fields.set(3, int64(rows));
  fields.set(4, structs(groups));
  const footer = writeStruct(fields);
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeUInt32LE(footer.length, 0);
  MAGIC.copy(tail, 4);
  return Buffer.concat([footer, tail]);
}

export function fileHead(): Buffer {
  return Buffer.from(MAGIC);
}
