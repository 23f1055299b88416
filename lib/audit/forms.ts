// The two texts of a record from one walk: the line, as JSON.stringify writes it, and its RFC 8785 form, over which the MAC goes.
import { canonicalJson } from '../crypto/canonical-json.ts';

/** Equal members; their order differs. */
export interface Forms {
  readonly json: string;
  readonly canonical: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Forms of members that many records share. */
const shared = new WeakMap<object, Forms>();

/** Freezes members and keeps their forms for all records that hold them. Throws as `formsOf` does. */
export function sharedMembers<T extends object>(members: T): T {
  shared.set(members, write(members as Members, formsOfValue));
  return Object.freeze(members);
}

/**
 * Returns both forms of an object: `canonical` is what `canonicalJson` returns for it, and `json` what `JSON.stringify` returns. Throws
 * `CanonicalJsonError` where there is no canonical form, so an undefined member, which `JSON.stringify` would leave out, is refused.
 */
export function formsOf(members: object): Forms {
  return write(members as Members, formsOfMember);
}

/** Writes the members of an object in their own order, and sorted by name. */
function write(members: Members, formsOfOne: (member: unknown) => Forms | string): Forms {
  const names = Object.keys(members);
  const texts = new Array<string>(names.length);
  let json = '';
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const label = labelOf(name);
    const forms = formsOfOne(members[name]);
    const isOne = typeof forms === 'string';
    texts[i] = label + (isOne ? forms : forms.canonical);
    json += (i === 0 ? '' : ',') + (isOne ? texts[i] : label + forms.json);
  }
  let canonical = '';
  for (const i of orderOf(names)) canonical += (canonical === '' ? '' : ',') + texts[i];
  return { json: `{${json}}`, canonical: `{${canonical}}` };
}

/** How the members of an object are sorted, for each list of names: records have some dozen of them. */
const orders = new Map<number, { readonly names: readonly string[]; readonly order: readonly number[] }[]>();
const MOST_ORDERS = 16;

/** Returns the places of names in the order of their UTF-16 code units (RFC 8785, section 3.2.3). */
function orderOf(names: readonly string[]): readonly number[] {
  const known = orders.get(names.length) ?? [];
  for (const one of known) if (isSame(one.names, names)) return one.order;
  const order = [...names.keys()].toSorted((a, b) => (names[a]! < names[b]! ? -1 : 1));
  if (known.length < MOST_ORDERS) orders.set(names.length, [...known, { names, order }]);
  return order;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

/** Returns the forms of a member of a record: its own members are written once, those of later levels twice. */
function formsOfMember(member: unknown): Forms | string {
  if (typeof member !== 'object' || member === null || Object.getPrototypeOf(member) !== Object.prototype)
    return formsOfValue(member);
  return shared.get(member) ?? write(member as Members, formsOfValue);
}

/** Returns the forms of any value. Well-formed strings, finite numbers, booleans and null have one. */
function formsOfValue(value: unknown): Forms | string {
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value);
  const canonical = canonicalJson(value);
  return typeof value === 'object' && value !== null ? { json: JSON.stringify(value), canonical } : canonical;
}

/** Names with their colon. Records have a closed set of names: the parts of this product make them, not their callers. */
const labels = new Map<string, string>();

function labelOf(name: string): string {
  let label = labels.get(name);
  if (label === undefined) {
    label = `${canonicalJson(name)}:`;
    labels.set(name, label);
  }
  return label;
}
