// Snowflake external functions, headers of a request (Snowflake documentation, "Remote service input and output data
// formats": header format; CREATE EXTERNAL FUNCTION: HEADERS, CONTEXT_HEADERS). The rules header is Protegrity's (Cloud
// Protect 4.0, Snowflake, external functions); REPROTECT and CHECK in it are ours.

import { foldCase } from '../../base/fold-case.ts';
import { isUtf8 } from 'node:buffer';
import { membersOf } from '../../base/json.ts';
import type { Target } from '../../protect/batch.ts';
import type { CompiledPolicy } from '../../protect/compile.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { spelledName } from '../element-name.ts';
import type { GatewayRequest } from '../gateway.ts';

type Header = GatewayRequest['header'];

/** One rule of the rules header, checked. */
export interface SnowflakeRule {
  readonly operation: Target['operation'];
  readonly element: string;
  readonly oldElement: string | undefined;
  readonly externalIv: string | undefined;
  readonly oldExternalIv: string | undefined;
}

const RULES = 'sf-custom-x-protegrity-hcop-rules';
const USER = 'sf-context-current-user';

const OPERATIONS = { protect: 'Protect', unprotect: 'Unprotect', reprotect: 'Reprotect', check: 'Check' } as const;
const MEMBERS = ['op_type', 'data_element', 'old_data_element', 'external_iv', 'old_external_iv'];

/**
 * Returns the user that Snowflake names, or an empty text. Never throws, so that a malformed request can be recorded
 * too.
 */
export function snowflakeUser(header: Header): string {
  return readHeader(header, USER) ?? '';
}

/** Returns `sf-query-id:<id>`, as in audit records of the reference product. */
export function snowflakeQueryId(header: Header): string | undefined {
  const id = header('sf-external-function-current-query-id');
  return id === undefined ? undefined : `sf-query-id:${id}`;
}

/** Returns the batch id; a retry has the same one. */
export function snowflakeBatchId(header: Header): string | undefined {
  return header('sf-external-function-query-batch-id');
}

/** Parses the rules, one for each argument. Throws `RefusedError` for a header that is missing or malformed. */
export function snowflakeRules(header: Header): readonly SnowflakeRule[] {
  const text = readHeader(header, RULES);
  if (text === undefined) throw new RefusedError('RULES_MALFORMED');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new RefusedError('RULES_MALFORMED');
  }
  const rules = membersOf(document).jsonpaths;
  if (!Array.isArray(rules) || rules.length === 0) throw malformed('it must be {"jsonpaths": [rule]}');
  return rules.map((rule, index) => checkRule(membersOf(rule), index));
}

/** Resolves a rule: element names match exactly, else case-insensitively if unique. */
export function ruleTarget(rule: SnowflakeRule, policy: CompiledPolicy): Target {
  return {
    operation: rule.operation,
    element: spelledName(rule.element, policy),
    ...(rule.oldElement === undefined ? {} : { oldElement: spelledName(rule.oldElement, policy) }),
    externalIv: rule.externalIv,
    oldExternalIv: rule.oldExternalIv,
  };
}

function checkRule(rule: Readonly<Record<string, unknown>>, index: number): SnowflakeRule {
  const unknown = Object.keys(rule).some((name) => !MEMBERS.includes(name));
  if (unknown) throw malformed(`rule ${index} may have ${MEMBERS.join(', ')} and no other member`);
  const word = foldCase(optionalText(rule, 'op_type', index) ?? '');
  if (!Object.hasOwn(OPERATIONS, word))
    throw malformed(`op_type of rule ${index} must be PROTECT, UNPROTECT, REPROTECT or CHECK`);
  const operation = OPERATIONS[word as keyof typeof OPERATIONS];
  const element = optionalText(rule, 'data_element', index);
  const oldElement = optionalText(rule, 'old_data_element', index);
  const oldExternalIv = optionalText(rule, 'old_external_iv', index);
  if (element === undefined) throw malformed(`rule ${index} has no data_element`);
  if (operation === 'Reprotect' && oldElement === undefined) throw malformed(`rule ${index} has no old_data_element`);
  if (operation !== 'Reprotect' && (oldElement !== undefined || oldExternalIv !== undefined)) {
    throw malformed(`old_data_element and old_external_iv of rule ${index} go with REPROTECT only`);
  }
  return { operation, element, oldElement, externalIv: optionalText(rule, 'external_iv', index), oldExternalIv };
}

/** Reads a text; null and the empty text mean absent. */
function optionalText(rule: Readonly<Record<string, unknown>>, name: string, index: number): string | undefined {
  const value = rule[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw malformed(`${name} of rule ${index} must be a text`);
  return value;
}

/**
 * Reads a header, preferring its base64 form: in the other, characters that HTTP does not allow became blanks. Returns
 * an empty text for base64 that is not UTF-8.
 */
function readHeader(header: Header, name: string): string | undefined {
  const encoded = header(`${name}-base64`);
  if (encoded === undefined) return header(name);
  const bytes = Buffer.from(encoded, 'base64');
  return isUtf8(bytes) ? bytes.toString() : '';
}

function malformed(detail: string): RefusedError {
  return new RefusedError('RULES_MALFORMED', { detail });
}
