// The functions of a policy and its mapping, for any warehouse: what each does, and which roles may call it.
import type { Operation } from '../base/operation.ts';
import { traitsOf } from '../policy/element-types.ts';
import type { Width } from '../policy/elements/width.ts';
import {
  elementName,
  elementsByName,
  hasKey,
  isOldVersion,
  oldKeyVersionsOf,
  versionName,
} from '../policy/key-versions.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, Grant, MappingDocument, PolicyDocument, RoleDefinition } from '../policy/schema.ts';
import type { Target } from '../protect/batch.ts';
import { RefusedError } from '../protect/refusal.ts';
import { checkReprotect } from '../protect/reprotect.ts';
import { mappedTarget } from '../wire/redshift.ts';
import { DdlError } from './script.ts';

export interface WarehouseFunction {
  readonly target: Target;
  /** The element of the argument's values; the old element of a reprotect. */
  readonly from: ElementDefinition;
  /** The element of the returned values. */
  readonly to: ElementDefinition;
  /** The function's name in mapping.json, with or without a schema. @default by the naming convention */
  readonly mappedName?: string;
  /** Names of the policy's roles. */
  readonly roles: readonly string[];
  /** How wide the returned values are, where they are protected ones. */
  readonly width?: Width;
  /** Most bytes of JSON that a mask shows for one character; 1 without a mask. */
  readonly maskBytes: number;
}

/** A function with its name in a warehouse. */
export interface NamedFunction extends WarehouseFunction {
  /** Written as SQL, with its schema if any. */
  readonly name: string;
}

/** Moves from one element to another: named ones, or all between elements of the same kind. */
export type Moves = 'all' | readonly { readonly from: string; readonly to: string }[];

/**
 * Returns the functions for every element: protect, check, and unprotect unless it is a digest; for old key versions unprotect
 * and the move to the new version; the `moves` whose two elements one role may reprotect; and all of mapping.json. A
 * function that mapping.json names, without an IV, is not repeated. Throws `DdlError` for a named move that the policy
 * does not allow.
 */
export function warehouseFunctions(
  policy: PolicyDocument,
  mapping: MappingDocument,
  moves: Moves,
): WarehouseFunction[] {
  const definitions = elementsByName(policy.elements);
  const widthOf = (element: ElementDefinition): Width => traitsOf(element).width(element, policy.alphabets);
  const made = (target: Target, mappedName?: string): WarehouseFunction => ({
    target,
    from: definitions.get(target.oldElement ?? target.element)!,
    to: definitions.get(target.element)!,
    ...(mappedName === undefined ? {} : { mappedName }),
    ...(returnsTokens(target) && { width: widthOf(definitions.get(target.element)!) }),
    roles: policy.roles.filter((role) => mayCall(role, target, policy)).map(({ name }) => name),
    maskBytes: target.operation === 'Unprotect' ? maskBytes(definitions.get(target.element)!, policy) : 1,
  });
  const mapped = Object.entries(mapping).map(([name, entry]) => made(mappedTarget(entry), name));
  const moving = moves === 'all' ? allMoves(policy.elements) : moves.map((move) => namedMove(move, definitions));
  const allowed = moving.map((target) => made(target)).filter(({ roles }) => roles.length > 0);
  if (moves !== 'all' && allowed.length < moves.length) {
    throw new DdlError(
      'DDL_IMPOSSIBLE',
      'Some move has no role that may reprotect both its elements: see "protector policy explain"',
    );
  }
  const conventional = [...policy.elements.flatMap(targetsOf).map((target) => made(target)), ...allowed];
  return [...mapped, ...conventional.filter(({ target }) => !mapped.some((one) => sameTarget(one.target, target)))];
}

/** Tells whether two targets are the same operation on the same elements with the same IVs. */
export function sameTarget(a: Target, b: Target): boolean {
  return (
    a.operation === b.operation &&
    a.element === b.element &&
    a.oldElement === b.oldElement &&
    a.externalIv === b.externalIv &&
    a.oldExternalIv === b.oldExternalIv
  );
}

/** Tells whether a target unprotects an element without an IV, as masking policies and views do. */
export function isPlainUnprotect(target: Target): boolean {
  return sameTarget(target, { operation: 'Unprotect', element: target.element });
}

/** Finds the function that unprotects an element. Throws `DdlError` for an element without one. */
export function unprotectOf(element: string, functions: readonly NamedFunction[]): NamedFunction {
  const found = functions.find(({ target }) => target.element === element && isPlainUnprotect(target));
  if (found !== undefined) return found;
  throw new DdlError('DDL_IMPOSSIBLE', `${element} makes digests, which cannot be unprotected`);
}

/** Tells whether equal arguments always give equal results. */
export function isDeterministic({ target, to }: WarehouseFunction): boolean {
  return target.operation === 'Unprotect' || target.operation === 'Check' || traitsOf(to).isDeterministic;
}

function targetsOf(element: ElementDefinition): Target[] {
  const { name } = element;
  const taking: Target[] = [
    { operation: 'Protect', element: name },
    { operation: 'Check', element: name },
  ];
  if (!traitsOf(element).isReversible) return taking;
  const old = oldKeyVersionsOf(element).map((version) => versionName(name, version));
  return [
    ...taking,
    { operation: 'Unprotect', element: name },
    ...old.flatMap((oldElement): Target[] => [
      { operation: 'Unprotect', element: oldElement },
      { operation: 'Reprotect', element: name, oldElement },
    ]),
  ];
}

function allMoves(elements: readonly ElementDefinition[]): Target[] {
  const tokens = elements.filter(hasKey);
  return tokens.flatMap((from) =>
    tokens
      .filter((to) => to !== from && kindOf(to) === kindOf(from) && mayFollow(from, to))
      .map((to): Target => ({ operation: 'Reprotect', element: to.name, oldElement: from.name })),
  );
}

function namedMove(move: Exclude<Moves, 'all'>[number], definitions: ReadonlyMap<string, ElementDefinition>): Target {
  const names = new NameDirectory([...definitions]);
  const [from, to] = [names.resolve(move.from), names.resolve(move.to)];
  if (from.kind !== 'found' || to.kind !== 'found') {
    throw new DdlError('DDL_IMPOSSIBLE', `The policy does not have both elements, ${move.from} and ${move.to}`);
  }
  if (isOldVersion(to.value.name) || !mayFollow(from.value, to.value)) {
    throw new DdlError('DDL_IMPOSSIBLE', `Values of ${move.from} cannot become values of ${move.to}`);
  }
  return { operation: 'Reprotect', element: to.value.name, oldElement: from.value.name };
}

function returnsTokens({ operation }: Target): boolean {
  return operation === 'Protect' || operation === 'Reprotect';
}

/** Returns a key that two elements share if the values of one fit the other. */
function kindOf(element: ElementDefinition): string {
  return JSON.stringify([element.method, element.type, traitsOf(element).variant(element)]);
}

function mayFollow(from: ElementDefinition, to: ElementDefinition): boolean {
  try {
    checkReprotect(from, to);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

/**
 * Tells whether a user with this role alone gets an answer. NULL or the protected value for a refused unprotect is an
 * answer too: a user who shall see NULL must be able to call the function. The policy still decides; this is about who
 * may ask.
 */
function mayCall(role: RoleDefinition, { operation, element, oldElement }: Target, policy: PolicyDocument): boolean {
  const grants = grantsOf(role, elementName(element), policy);
  const definition = policy.elements.find(({ name }) => name === elementName(element));
  if (definition !== undefined && traitsOf(definition).access === 'everyone') return true;
  switch (operation) {
    case 'Protect':
    case 'Check':
      return grants.some(({ permissions }) => permissions.includes('protect'));
    case 'Unprotect':
      return grants.some(({ permissions, noAccess }) => permissions.includes('unprotect') || noAccess !== 'exception');
    default:
      return [grants, grantsOf(role, elementName(oldElement!), policy)].every((each) =>
        each.some(({ permissions }) => permissions.includes('reprotect')),
      );
  }
}

/** Returns a role's grants for an element, or else the default roles' grants. */
function grantsOf(role: RoleDefinition, element: string, { roles }: PolicyDocument): Grant[] {
  const own = role.grants.filter((grant) => grant.element === element);
  if (own.length > 0 || role.inheritsDefault === false) return own;
  return roles
    .filter((other) => other.default)
    .flatMap(({ grants }) => grants.filter((grant) => grant.element === element));
}

/** Returns the most bytes that a masked character takes in JSON. */
function maskBytes(element: ElementDefinition, { roles, masks }: PolicyDocument): number {
  const named = roles.flatMap(({ grants }) =>
    grants.filter((grant) => grant.element === elementName(element.name)).map(({ mask }) => mask),
  );
  const view = traitsOf(element).defaultView(element);
  const shown = [...masks.filter(({ name }) => named.includes(name)), ...(view === undefined ? [] : [view])].map(
    ({ character }) => Buffer.byteLength(JSON.stringify(character)) - 2,
  );
  return Math.max(1, ...shown);
}

/** Describes a target for comments: `unprotect deSSN`, `reprotect deSSN@1 to deSSN`. */
export function describeTarget({ operation, element, oldElement, externalIv }: Target): string {
  const word: Record<Operation, string> = {
    Protect: `protect ${element}`,
    Unprotect: `unprotect ${element}`,
    Reprotect: `reprotect ${oldElement} to ${element}`,
    Check: `check for ${element}: NULL, or the reason why the value is refused`,
  };
  return `${word[operation]}${externalIv === undefined ? '' : ', with an external IV'}`;
}
