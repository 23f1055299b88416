// Whether columns are wide enough for protected values. Amazon Redshift counts bytes ("Character types"), Snowflake
// characters ("String & binary data types").
import { traitsOf } from '../policy/element-types.ts';
import { type Bound, atMost, describeBound, fittingWithin, type Width } from '../policy/elements/width.ts';
import { elementName, elementsByName } from '../policy/key-versions.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import type { Target } from '../protect/batch.ts';
import type { ProtectedColumn } from './columns.ts';
import { describeTarget, type WarehouseFunction } from './functions.ts';
import { DdlError, writeName } from './script.ts';

interface CharacterType {
  /** Its length without a number. */
  readonly unsaid: number;
  readonly most: number;
  /** Whether it holds characters of one byte only. */
  readonly singleByte?: true;
}

/** The types of characters of a warehouse. */
export interface CharacterTypes {
  readonly unit: 'bytes' | 'characters';
  readonly types: Readonly<Record<string, CharacterType>>;
  /** The length of the widest column. */
  readonly most: number;
}

const REDSHIFT_VARCHAR: CharacterType = { unsaid: 256, most: 65_535 };
const REDSHIFT_CHAR: CharacterType = { unsaid: 1, most: 4096, singleByte: true };

export const REDSHIFT_TYPES: CharacterTypes = {
  unit: 'bytes',
  types: {
    varchar: REDSHIFT_VARCHAR,
    'character varying': REDSHIFT_VARCHAR,
    nvarchar: REDSHIFT_VARCHAR,
    text: REDSHIFT_VARCHAR,
    char: REDSHIFT_CHAR,
    character: REDSHIFT_CHAR,
    nchar: REDSHIFT_CHAR,
    bpchar: { ...REDSHIFT_CHAR, unsaid: 256 },
  },
  most: REDSHIFT_VARCHAR.most,
};

const SNOWFLAKE_VARCHAR: CharacterType = { unsaid: 16_777_216, most: 134_217_728 };
const SNOWFLAKE_CHAR: CharacterType = { ...SNOWFLAKE_VARCHAR, unsaid: 1 };

export const SNOWFLAKE_TYPES: CharacterTypes = {
  unit: 'characters',
  types: {
    varchar: SNOWFLAKE_VARCHAR,
    string: SNOWFLAKE_VARCHAR,
    text: SNOWFLAKE_VARCHAR,
    nvarchar: SNOWFLAKE_VARCHAR,
    nvarchar2: SNOWFLAKE_VARCHAR,
    'character varying': SNOWFLAKE_VARCHAR,
    'char varying': SNOWFLAKE_VARCHAR,
    'nchar varying': SNOWFLAKE_VARCHAR,
    char: SNOWFLAKE_CHAR,
    character: SNOWFLAKE_CHAR,
    nchar: SNOWFLAKE_CHAR,
  },
  most: SNOWFLAKE_VARCHAR.most,
};

/** Describes a function that returns text, and how wide its results are where they are protected values. */
export function describeTextFunction({ target, width }: WarehouseFunction, { unit }: CharacterTypes): string {
  const what = describeTarget(target);
  if (width === undefined) return what;
  if (isKeyMove(target)) return `${what}\nTokens under either key are equally wide: the column keeps its type`;
  return `${what}\nWidth in ${unit}, for a clear value of n ${unit}: ${describeBound(width[unit])}`;
}

function isKeyMove({ element, oldElement }: Target): boolean {
  return oldElement !== undefined && elementName(oldElement) === element;
}

/**
 * Returns a warning for each column that is too narrow for the protected values of the clear values that it can hold.
 * Columns without a type or an element are wide enough. Throws `DdlError` for a type that has no width.
 */
export function narrowColumns(
  columns: readonly ProtectedColumn[],
  { elements, alphabets }: PolicyDocument,
  warehouse: CharacterTypes,
): string[] {
  const definitions = elementsByName(elements);
  const warnings = columns.flatMap((column) => {
    if (column.type === undefined || column.element === undefined) return [];
    const definition = definitions.get(column.element)!;
    return narrowColumn(column, traitsOf(definition).width(definition, alphabets), warehouse);
  });
  return [...new Set(warnings)];
}

function narrowColumn({ table, column, element, type }: ProtectedColumn, width: Width, warehouse: CharacterTypes) {
  const place = `${writeName(table)}.${writeName(column)} ${type}`;
  const { size, singleByte } = sizeOf(type!, place, warehouse);
  const { unit, most } = warehouse;
  const needed = atMost(width[unit], size);
  const remedy = needed > most ? `no column is wider than ${count(most)} ${unit}` : `varchar(${needed}) would do`;
  if (singleByte === true && atMost(width.bytes, size) > atMost(width.characters, size)) {
    return [`${place} holds characters of one byte, and tokens of ${element} may have others: ${remedy}`];
  }
  if (needed <= size) return [];
  const what = `${place} is too narrow for tokens of ${element}`;
  return [`${what}, which may have ${count(needed)} ${unit}: ${remedy}; ${fitting(width[unit], size, unit)}`];
}

function fitting(bound: Bound, size: number, unit: string): string {
  const longest = fittingWithin(bound, size);
  return longest === 0
    ? 'as it is, it has room for none'
    : `as it is, it does for values of at most ${count(longest)} ${unit}`;
}

function sizeOf(type: string, place: string, { types }: CharacterTypes): { size: number; singleByte?: boolean } {
  const [, name = '', length] = /^([a-z][\w ]*?)\s*(?:\(\s*(\d+|max)\s*\))?$/i.exec(type) ?? [];
  const key = name.toLowerCase().replaceAll(/\s+/g, ' ');
  const known = Object.hasOwn(types, key) ? types[key] : undefined;
  if (known === undefined) {
    throw new DdlError(
      'DDL_IMPOSSIBLE',
      `${place}: only types of characters have a width to check; leave the type out`,
    );
  }
  const size = length === undefined ? known.unsaid : /max/i.test(length) ? known.most : Number(length);
  return { ...known, size };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
