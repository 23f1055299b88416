// The SQL that moves a column to a new key version, in place. It is one transaction: a token does not show which key it
// is under, so a row that is moved twice is lost.
import type { Rotation } from '../policy/rotate.ts';
import type { MappingDocument, PolicyDocument } from '../policy/schema.ts';
import type { Target } from '../protect/batch.ts';
import { type NamedFunction, sameTarget } from './functions.ts';
import { redshiftFunctions, type RedshiftOptions, redshiftStatements } from './redshift.ts';
import { renderStatements } from './script.ts';
import { snowflakeFunctions, type SnowflakeOptions, snowflakeStatements } from './snowflake.ts';

/** The place of a column, written as SQL; unknown parts stay as placeholders in angle brackets. */
export interface ColumnPlace {
  readonly table?: string | undefined;
  readonly column?: string | undefined;
}

export interface RotationSql {
  /** The function that moves a value on Amazon Redshift, written as SQL. */
  readonly functionName: string;
  /** The entries that mapping.json needs for it, where no function name can express the element. */
  readonly mapping: MappingDocument;
  readonly redshift: string;
  readonly snowflake: string;
}

/** Writes the SQL of a rotation. `policy` already contains the new key version. */
export function rotationSql(
  policy: PolicyDocument,
  mapping: MappingDocument,
  { element, oldName }: Rotation,
  place: ColumnPlace,
  options: { readonly redshift: RedshiftOptions; readonly snowflake: SnowflakeOptions },
): RotationSql {
  const target: Target = { operation: 'Reprotect', element, oldElement: oldName };
  const onRedshift = redshiftFunctions(policy, mapping, options.redshift);
  const mover = moverAmong(onRedshift.functions, target);
  const onSnowflake = moverAmong(snowflakeFunctions(policy, mapping, options.snowflake), target);
  const needed = Object.entries(onRedshift.needed).filter(([name]) => mover.name.endsWith(name));
  return {
    functionName: mover.name,
    mapping: Object.fromEntries(needed),
    redshift: `${renderStatements(redshiftStatements(mover, options.redshift))}\n${updateOf(mover, place)}`,
    snowflake: `${renderStatements(snowflakeStatements(onSnowflake, options.snowflake))}\n${updateOf(onSnowflake, place)}`,
  };
}

/** Finds the function of a move without an external IV. */
function moverAmong(functions: readonly NamedFunction[], target: Target): NamedFunction {
  return functions.find((one) => sameTarget(one.target, target))!;
}

function updateOf({ name }: NamedFunction, { table = '<schema.table>', column = '<column>' }: ColumnPlace): string {
  return `begin;
update ${table} set ${column} = ${name}(${column}) where ${column} is not null;
commit;`;
}
