// The SQL of a policy for Amazon Redshift: Database Developer Guide, "CREATE EXTERNAL FUNCTION", "Scalar Lambda UDFs",
// "GRANT", "CREATE MASKING POLICY", "ATTACH MASKING POLICY", "Names and identifiers".
import { foldCase } from '../base/fold-case.ts';
import { traitsOf } from '../policy/element-types.ts';
import { elementName, elementsByName, isOldVersion, keyVersionOf, sqlVersionName } from '../policy/key-versions.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, MappingDocument, PolicyDocument } from '../policy/schema.ts';
import type { Target } from '../protect/batch.ts';
import { RefusedError } from '../protect/refusal.ts';
import { type Names, redshiftTarget } from '../wire/redshift.ts';
import { checkOnce, type ProtectedColumn } from './columns.ts';
import {
  describeTarget,
  isDeterministic,
  isPlainUnprotect,
  type Moves,
  type NamedFunction,
  sameTarget,
  unprotectOf,
  type WarehouseFunction,
  warehouseFunctions,
} from './functions.ts';
import { batchLimits, replyGrowth } from './reply-growth.ts';
import { type DottedName, identifier, plainLiteral, type Script, type Statement, writeName } from './script.ts';
import { viewsOf } from './views.ts';
import { describeTextFunction, narrowColumns, REDSHIFT_TYPES } from './widths.ts';

export interface RedshiftOptions {
  /** `name:alias` of the Lambda function. */
  readonly lambda: string;
  /** ARN of the role, or of a chain of them. @default the cluster's default role */
  readonly role?: string | undefined;
  /** Schema of functions and views. @default the current schema */
  readonly schema?: DottedName | undefined;
  /** @default the moves of old key versions and of mapping.json */
  readonly moves?: Moves;
  /** Columns that get their masking policy attached. */
  readonly masked?: readonly ProtectedColumn[];
  /** Columns that views unprotect. */
  readonly viewed?: readonly ProtectedColumn[];
  /** Columns that hold protected values, and of which only the type is checked. */
  readonly columns?: readonly ProtectedColumn[];
}

/** A script, and the entries that it needs in mapping.json. */
export interface RedshiftScript extends Script {
  readonly mapping: MappingDocument;
}

/** Longest identifier, bytes ("Names and identifiers"). */
const MAX_IDENTIFIER = 127;
/** One masking policy serves all roles, so one priority is enough. */
const MASK_PRIORITY = 10;

/**
 * Writes the script of a policy. Throws `DdlError` where a column would be unprotected twice. Pure: equal policies,
 * equal scripts.
 */
export function redshiftScript(
  policy: PolicyDocument,
  mapping: MappingDocument,
  options: RedshiftOptions,
): RedshiftScript {
  const { masked = [], viewed = [], columns = [], schema } = options;
  checkOnce(masked, viewed);
  const { functions, needed } = redshiftFunctions(policy, mapping, options);
  const roles = policy.roles.map(({ name }) => roleName(name));
  const isShort = Object.keys(needed).length > 0;
  return {
    mapping: needed,
    warnings: narrowColumns([...masked, ...viewed, ...columns], policy, REDSHIFT_TYPES),
    head: [
      `Amazon Redshift: functions of the policy ${policy.name}. Run it as a superuser: only superusers may replace functions.`,
      'Other users need GRANT USAGE ON LANGUAGE EXFUNC, and sys:secadmin for masking policies. CREATE ROLE fails for a role that',
      'exists: continue. Grant each role to the users who have the role of this name in the policy. These grants decide who may',
      'ask; the policy decides what each user gets.',
      ...(isShort
        ? ['', 'mapping.json needs these entries, because no function name can express these elements:']
        : []),
      ...(isShort ? JSON.stringify(needed, null, 2).split('\n') : []),
    ],
    statements: [
      ...roles.map((role, i) => ({ ...(i === 0 && { comment: 'Roles' }), sql: `create role ${role}` })),
      ...(schema === undefined ? [] : schemaStatements(schema, roles)),
      ...functions.flatMap((one) => redshiftStatements(one, options)),
      ...maskingStatements(functions, masked),
      ...viewStatements(functions, viewed),
    ],
  };
}

/** Returns the functions of a policy with their names, and the entries that these names need in mapping.json. */
export function redshiftFunctions(
  policy: PolicyDocument,
  mapping: MappingDocument,
  { moves = [], schema }: RedshiftOptions,
): { readonly functions: NamedFunction[]; readonly needed: MappingDocument } {
  const names = new RedshiftNames(policy, mapping, schema);
  const functions = warehouseFunctions(policy, mapping, moves).map((one) => ({ ...one, name: names.nameOf(one) }));
  return { functions, needed: names.needed };
}

/** Returns the warehouse role of a policy's role, `protector_<role>`: the warehouse has roles of its own. */
function roleName(role: string): string {
  return identifier(`protector_${role}`, MAX_IDENTIFIER);
}

function schemaStatements(schema: DottedName, roles: readonly string[]): Statement[] {
  const name = writeName(schema);
  return [
    { comment: 'Schema', sql: `create schema if not exists ${name}` },
    ...roles.map((role) => ({ sql: `grant usage on schema ${name} to role ${role}` })),
  ];
}

/** Writes a function that only the roles which may call it can execute. */
export function redshiftStatements(one: NamedFunction, { lambda, role }: RedshiftOptions): Statement[] {
  const [argument, result] = typesOf(one);
  const { rows, sizeKb } = batchLimits(replyGrowth(one));
  const comment = result === 'varchar(max)' ? describeTextFunction(one, REDSHIFT_TYPES) : describeTarget(one.target);
  const clauses = [
    `create or replace external function ${one.name}(${argument})`,
    `returns ${result} ${isDeterministic(one) ? 'stable' : 'volatile'}`,
    `lambda ${plainLiteral(lambda)}`,
    `iam_role ${role === undefined ? 'default' : plainLiteral(role)}`,
    ...(rows === undefined ? [] : [`max_batch_rows ${rows}`]),
    ...(sizeKb === undefined ? [] : [`max_batch_size ${sizeKb} kb`]),
  ];
  const signature = `${one.name}(${argument.replace('(max)', '')})`;
  return [
    { comment, sql: clauses.join('\n  ') },
    { sql: `revoke execute on function ${signature} from public` },
    ...one.roles.map((name) => ({ sql: `grant execute on function ${signature} to role ${roleName(name)}` })),
  ];
}

/**
 * Returns the SQL type of an element's values. Integers that a double cannot hold are text: the Lambda runtime parses
 * numbers.
 */
function typeOf(element: ElementDefinition): string {
  switch (traitsOf(element).integerBytes(element)) {
    case 2:
      return 'smallint';
    case 4:
      return 'integer';
    case 8:
    case undefined:
    default:
      return 'varchar(max)';
  }
}

function typesOf({ target, from, to }: WarehouseFunction): [argument: string, result: string] {
  if (target.operation === 'Check') return ['varchar(max)', 'varchar(max)'];
  const [argument, result] = [typeOf(from), typeOf(to)];
  return argument === result ? [argument, result] : ['varchar(max)', 'varchar(max)'];
}

function maskingStatements(functions: readonly NamedFunction[], masked: readonly ProtectedColumn[]): Statement[] {
  const policies = functions
    .filter(({ target }) => isPlainUnprotect(target))
    .map((unprotect) => {
      const clauses = [
        `create masking policy ${maskingName(unprotect)} if not exists`,
        `with (val ${typeOf(unprotect.to)})`,
        `using (${unprotect.name}(val))`,
      ];
      const comment = `Shows ${unprotect.target.element} as the policy lets each user see it. The column must have the type of val`;
      return { comment, sql: clauses.join('\n  ') };
    });
  const attached = masked.flatMap(({ table, column, element }): Statement[] => {
    const unprotect = unprotectOf(element!, functions);
    const place = `${writeName(table)}(${writeName(column)})`;
    return unprotect.roles.map((role, i) => ({
      ...(i === 0 && { comment: `${place} holds ${element}` }),
      sql: `attach masking policy ${maskingName(unprotect)}\n  on ${place} to role ${roleName(role)} priority ${MASK_PRIORITY}`,
    }));
  });
  return [...policies, ...attached];
}

/** Returns the name of a masking policy, `protector_dessn`; with the element's id where its name does not fit SQL. */
function maskingName({ target, to }: WarehouseFunction): string {
  const name = foldCase(sqlName(to, target.element, (element) => element.name));
  return `protector_${isPlain(name) ? name : sqlName(to, target.element, idName)}`;
}

function viewStatements(functions: readonly NamedFunction[], viewed: readonly ProtectedColumn[]): Statement[] {
  return viewsOf(functions, viewed).flatMap(({ view, table, columns, readers }) => [
    {
      comment: `Shows ${table}`,
      sql: `create or replace view ${view} as\nselect ${columns.join(',\n  ')}\nfrom ${table}`,
    },
    ...readers.map((role) => ({ sql: `grant select on ${view} to role ${roleName(role)}` })),
  ]);
}

/**
 * Names that the protect function reads back as their target: by the naming convention or, where that is impossible
 * (odd characters, too long, ambiguous, taken by mapping.json), with the element's id and an entry in mapping.json.
 */
class RedshiftNames {
  readonly needed: Record<string, MappingDocument[string]> = {};
  readonly #policy: Names;
  readonly #schema: DottedName | undefined;

  constructor(policy: PolicyDocument, mapping: MappingDocument, schema: DottedName | undefined) {
    this.#policy = {
      elements: new NameDirectory(elementsByName(policy.elements)),
      mapping: new NameDirectory(Object.entries(mapping)),
    };
    this.#schema = schema;
  }

  nameOf(one: WarehouseFunction): string {
    if (one.mappedName !== undefined) return this.#mapped(one.mappedName);
    const conventional = functionName(one, ({ name }) => name);
    if (isPlain(conventional) && this.#means(conventional, one.target)) return this.#within(conventional);
    const name = functionName(one, idName);
    this.needed[name] = mappingEntry(one.target);
    return this.#within(name);
  }

  #means(name: string, target: Target): boolean {
    const schema = foldCase(this.#schema?.parts.at(-1)?.text ?? 'public');
    try {
      return sameTarget(redshiftTarget({ external_function: `${schema}.${name}` }, this.#policy), target);
    } catch (error) {
      if (error instanceof RefusedError) return false;
      throw error;
    }
  }

  /** The schema of a mapped function is the text before the last point: the protect function reads names this way. */
  #mapped(name: string): string {
    const at = name.lastIndexOf('.');
    const [schema, bare] = [name.slice(0, Math.max(0, at)), identifier(name.slice(at + 1), MAX_IDENTIFIER)];
    return at === -1 ? this.#within(bare) : `${identifier(schema, MAX_IDENTIFIER)}.${bare}`;
  }

  #within(name: string): string {
    return this.#schema === undefined ? name : `${writeName(this.#schema)}.${name}`;
  }
}

type NameOf = (element: ElementDefinition) => string;

const idName: NameOf = ({ id }) => id.replaceAll('-', '');

/** Returns a function name by the naming convention, with elements named by `nameOf`. */
function functionName({ target, from, to }: WarehouseFunction, nameOf: NameOf): string {
  const { operation, element, oldElement } = target;
  const old = oldElement === undefined ? '' : `${sqlName(from, oldElement, nameOf)}__to__`;
  return foldCase(`pty_${operation}_${old}${sqlName(to, element, nameOf)}`);
}

/** Returns the SQL name of an element, or of its old key version. */
function sqlName(element: ElementDefinition, name: string, nameOf: NameOf): string {
  const base = nameOf({ ...element, name: elementName(name) });
  return isOldVersion(name) ? sqlVersionName(base, keyVersionOf(element)) : base;
}

function isPlain(name: string): boolean {
  return /^\w+$/.test(name) && name.length <= MAX_IDENTIFIER;
}

function mappingEntry({ operation, element, oldElement }: Target): MappingDocument[string] {
  const Operation = operation.toLowerCase() as MappingDocument[string]['Operation'];
  return { Operation, Element: element, ...(oldElement === undefined ? {} : { OldElement: oldElement }) };
}
