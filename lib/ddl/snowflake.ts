// The SQL of a policy for Snowflake: "CREATE EXTERNAL FUNCTION", "CREATE API INTEGRATION", "CREATE MASKING POLICY",
// "Identifier requirements". A function's rules header says what it does, so its name is free.
import { traitsOf } from '../policy/element-types.ts';
import { elementName, isOldVersion, keyVersionOf, sqlVersionName } from '../policy/key-versions.ts';
import type { ElementDefinition, MappingDocument, PolicyDocument } from '../policy/schema.ts';
import type { Target } from '../protect/batch.ts';
import { checkOnce, type ProtectedColumn } from './columns.ts';
import {
  describeTarget,
  isDeterministic,
  isPlainUnprotect,
  type Moves,
  type NamedFunction,
  unprotectOf,
  type WarehouseFunction,
  warehouseFunctions,
} from './functions.ts';
import {
  DdlError,
  type DottedName,
  escapedLiteral,
  identifier,
  type Script,
  type Statement,
  writeName,
} from './script.ts';
import { viewsOf } from './views.ts';
import { describeTextFunction, narrowColumns, SNOWFLAKE_TYPES } from './widths.ts';

export interface SnowflakeOptions {
  /** The endpoint of the function: the gateway's URL with its path. */
  readonly url: string;
  /** ARN of the role that Snowflake assumes; it may invoke that URL only. */
  readonly role: string;
  /** Name of the API integration. */
  readonly integration: DottedName;
  /** Schema of functions, masking policies and views, with or without a database. @default the current schema */
  readonly schema?: DottedName | undefined;
  /** @default the moves of old key versions and of mapping.json */
  readonly moves?: Moves;
  /** Columns that get masking policies. */
  readonly masked?: readonly ProtectedColumn[];
  /** Columns that views unprotect. */
  readonly viewed?: readonly ProtectedColumn[];
  /** Columns that hold protected values, and of which only the type is checked. */
  readonly columns?: readonly ProtectedColumn[];
}

/** Longest identifier ("Identifier requirements"). */
const MAX_IDENTIFIER = 255;

/**
 * Writes the script of a policy. Throws `DdlError` where a column would be unprotected twice, or a header is too long.
 * Pure.
 */
export function snowflakeScript(policy: PolicyDocument, mapping: MappingDocument, options: SnowflakeOptions): Script {
  const { masked = [], viewed = [], columns = [], schema, role } = options;
  checkOnce(masked, viewed);
  const functions = snowflakeFunctions(policy, mapping, options);
  const roles = policy.roles.map(({ name }) => roleName(name));
  return {
    warnings: narrowColumns([...masked, ...viewed, ...columns], policy, SNOWFLAKE_TYPES),
    head: [
      `Snowflake: external functions of the policy ${policy.name}. Run it as ACCOUNTADMIN, or with CREATE INTEGRATION, CREATE ROLE`,
      'and ownership of the schema. Grant each role to the users who have the role of this name in the policy. These grants decide',
      'who may ask; the policy decides what each user gets.',
      '',
      'Once, after CREATE API INTEGRATION: DESCRIBE INTEGRATION shows API_AWS_IAM_USER_ARN and API_AWS_EXTERNAL_ID. Put both into this',
      `trust policy of ${role}, or into the configuration of the deployment that creates the role:`,
      ...JSON.stringify(trustPolicy(), null, 2).split('\n'),
      'The script never replaces the integration: CREATE OR REPLACE would give it another external id, which the role does not',
      'trust. Change it by ALTER.',
    ],
    statements: [
      ...integrationStatements(options),
      ...roles.map((name, i) => ({ ...(i === 0 && { comment: 'Roles' }), sql: `create role if not exists ${name}` })),
      ...(schema === undefined ? [] : schemaStatements(schema, roles)),
      ...functions.flatMap((one) => snowflakeStatements(one, options)),
      ...maskingStatements(functions, schema, masked),
      ...viewStatements(functions, viewed),
    ],
  };
}

/** Returns the functions of a policy with their names. */
export function snowflakeFunctions(
  policy: PolicyDocument,
  mapping: MappingDocument,
  { moves = [], schema }: SnowflakeOptions,
): NamedFunction[] {
  const taken = new Set<string>();
  return warehouseFunctions(policy, mapping, moves).map((one) => ({
    ...one,
    name: within(schema, unique(functionName(one), taken)),
  }));
}

/** Lets Snowflake's user assume the role, for this integration only (IAM User Guide, "The confused deputy problem"). */
function trustPolicy(): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '<API_AWS_IAM_USER_ARN>' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': '<API_AWS_EXTERNAL_ID>' } },
      },
    ],
  };
}

function integrationStatements({ integration, role, url }: SnowflakeOptions): Statement[] {
  const name = writeName(integration);
  const clauses = [
    `create api integration if not exists ${name}`,
    `api_provider = ${apiProvider(url)}`,
    `api_aws_role_arn = ${escapedLiteral(role)}`,
    `api_allowed_prefixes = (${escapedLiteral(url)})`,
    'enabled = true',
  ];
  return [{ comment: 'API integration', sql: clauses.join('\n  ') }, { sql: `describe integration ${name}` }];
}

/** Returns the provider of a URL: US government Regions and private endpoints (`<api>-<vpce>`) have their own. */
function apiProvider(url: string): string {
  const gov = /\.us-gov-/.test(url) ? 'gov_' : '';
  const isPrivate = /^https:\/\/[^./]+-vpce-/.test(url) ? 'private_' : '';
  return `aws_${gov}${isPrivate}api_gateway`;
}

/** Returns the warehouse role of a policy's role, `protector_<role>`: the warehouse has roles of its own. */
function roleName(role: string): string {
  return identifier(`protector_${role}`, MAX_IDENTIFIER);
}

function schemaStatements(schema: DottedName, roles: readonly string[]): Statement[] {
  const [database] = schema.parts.length > 1 ? [writeName({ parts: schema.parts.slice(0, 1) })] : [];
  return [
    { comment: 'Schema', sql: `create schema if not exists ${writeName(schema)}` },
    ...roles.flatMap((role) => [
      ...(database === undefined ? [] : [{ sql: `grant usage on database ${database} to role ${role}` }]),
      { sql: `grant usage on schema ${writeName(schema)} to role ${role}` },
    ]),
  ];
}

/** Most bytes of all header names and values of a function ("CREATE EXTERNAL FUNCTION", HEADERS). */
const MAX_HEADERS = 8192;

/** Writes a function that only the roles which may call it can use. */
export function snowflakeStatements(one: NamedFunction, { integration, url }: SnowflakeOptions): Statement[] {
  const [argument, result] =
    one.target.operation === 'Check' ? ['varchar', 'varchar'] : [typeOf(one.from), typeOf(one.to)];
  const rules = rulesHeader(one.target);
  if (rules.length > MAX_HEADERS) {
    throw new DdlError(
      'DDL_IMPOSSIBLE',
      `The header of ${one.name} is longer than Snowflake allows (${MAX_HEADERS} bytes): shorten the names of its elements`,
    );
  }
  const comment = result === 'varchar' ? describeTextFunction(one, SNOWFLAKE_TYPES) : describeTarget(one.target);
  const clauses = [
    `create or replace secure external function ${one.name}(val ${argument})`,
    `returns ${result} null ${isDeterministic(one) ? 'immutable' : 'volatile'}`,
    `comment = ${escapedLiteral(describeTarget(one.target))}`,
    `api_integration = ${writeName(integration)}`,
    `headers = ('X-Protegrity-HCoP-Rules' = ${escapedLiteral(rules)})`,
    'context_headers = (current_user, current_timestamp, current_account)',
    `as ${escapedLiteral(url)}`,
  ];
  const signature = `${one.name}(${argument})`;
  return [
    { comment, sql: clauses.join('\n  ') },
    { sql: `revoke usage on function ${signature} from role public` },
    ...one.roles.map((name) => ({ sql: `grant usage on function ${signature} to role ${roleName(name)}` })),
  ];
}

/**
 * Writes the rules header of a function: ASCII, without two blanks in a row, because a header holds nothing else
 * ("CREATE EXTERNAL FUNCTION", HEADERS). JSON escapes all other characters.
 */
export function rulesHeader({ operation, element, oldElement, externalIv, oldExternalIv }: Target): string {
  const rule = {
    op_type: operation.toUpperCase(),
    data_element: element,
    old_data_element: oldElement,
    external_iv: externalIv,
    old_external_iv: oldExternalIv,
  };
  return JSON.stringify({ jsonpaths: [rule] })
    .replaceAll(/[^\x20-\x7e]/g, escaped)
    .replaceAll(/(?<= ) /g, escaped);
}

/** Writes a UTF-16 unit as a JSON escape. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Returns the SQL type of an element's values. Only integers are numbers: other digits may begin with 0. */
function typeOf(element: ElementDefinition): string {
  return traitsOf(element).integerBytes(element) === undefined ? 'varchar' : 'number';
}

/** Returns a function name: as in mapping.json, without the schema, or by the naming convention. */
function functionName({ target, from, to, mappedName }: WarehouseFunction): string {
  if (mappedName !== undefined) return mappedName.slice(mappedName.lastIndexOf('.') + 1);
  const { operation, element, oldElement } = target;
  const old = oldElement === undefined ? '' : `${sqlName(from, oldElement)}__to__`;
  return `pty_${operation.toLowerCase()}_${old}${sqlName(to, element)}`;
}

/**
 * Returns the SQL name of an element or of its old key version; with the id where the name is unprintable or clients
 * read it differently.
 */
function sqlName(element: ElementDefinition, name: string): string {
  const base = /[\p{C}\\]/u.test(name) ? element.id.replaceAll('-', '') : elementName(name);
  return isOldVersion(name) ? sqlVersionName(base, keyVersionOf(element)) : base;
}

/**
 * Returns the identifier of a name, with a number where another function has the name: `a__to__b` may have several
 * meanings.
 */
function unique(name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const written = identifier(number === 1 ? name : `${name}_${number}`, MAX_IDENTIFIER);
    const stored = storedName(written);
    if (taken.has(stored)) continue;
    taken.add(stored);
    return written;
  }
}

function within(schema: DottedName | undefined, name: string): string {
  return schema === undefined ? name : `${writeName(schema)}.${name}`;
}

function maskingStatements(
  functions: readonly NamedFunction[],
  schema: DottedName | undefined,
  masked: readonly ProtectedColumn[],
): Statement[] {
  const nameOf = ({ target, to }: NamedFunction): string =>
    within(schema, identifier(`protector_${sqlName(to, target.element)}`, MAX_IDENTIFIER));
  const policies = functions
    .filter(({ target }) => isPlainUnprotect(target))
    .flatMap((unprotect): Statement[] => {
      const type = typeOf(unprotect.to);
      const name = nameOf(unprotect);
      return [
        {
          comment: `Shows ${unprotect.target.element} as the policy lets each user see it, and its tokens to everyone else`,
          sql: `create masking policy if not exists ${name} as (val ${type}) returns ${type} -> val`,
        },
        { sql: `alter masking policy ${name} set body -> ${maskingBody(unprotect)}` },
      ];
    });
  const attached = masked.map(({ table, column, element }) => ({
    comment: `${writeName(table)}.${writeName(column)} holds ${element}`,
    sql: `alter table ${writeName(table)} modify column ${writeName(column)}\n  set masking policy ${nameOf(unprotectOf(element!, functions))}`,
  }));
  return [...policies, ...attached];
}

/** A user without any of the roles sees the stored value, without a call. */
function maskingBody({ name, roles }: NamedFunction): string {
  if (roles.length === 0) return 'val';
  const asked = roles.map((role) => `is_role_in_session(${escapedLiteral(storedName(roleName(role)))})`);
  return `case\n    when ${asked.join('\n      or ')}\n    then ${name}(val)\n    else val\n  end`;
}

/** Returns a name as Snowflake stores it: in capitals, unless it is quoted. */
function storedName(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toUpperCase();
}

function viewStatements(functions: readonly NamedFunction[], viewed: readonly ProtectedColumn[]): Statement[] {
  return viewsOf(functions, viewed).flatMap(({ view, table, columns, readers }) => [
    {
      comment: `Shows ${table}`,
      sql: `create or replace secure view ${view} as\nselect ${columns.join(',\n  ')}\nfrom ${table}`,
    },
    ...readers.map((role) => ({ sql: `grant select on view ${view} to role ${roleName(role)}` })),
  ]);
}
