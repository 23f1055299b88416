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

/** Writes the members of an object in their own order, and sorted by name as RFC 8785 has them (UTF-16 code units). */
function write(members: Members, formsOfOne: (member: unknown) => Forms | string): Forms {
  let json = '';
  const names: string[] = [];
  const texts: string[] = [];
  for (const name of Object.keys(members)) {
    const label = labelOf(name);
    const forms = formsOfOne(members[name]);
    const isOne = typeof forms === 'string';
    json += `${json === '' ? '' : ','}${label}${isOne ? forms : forms.json}`;
    // A record has a dozen members in a place at most, and most of them are in order.
    let at = names.length;
    while (at > 0 && names[at - 1]! > name) at--;
    names.splice(at, 0, name);
    texts.splice(at, 0, label + (isOne ? forms : forms.canonical));
  }
  return { json: `{${json}}`, canonical: `{${texts.join(',')}}` };
}

/** Returns the forms of a member of a record: its own members are written once, those of later levels twice. */
function formsOfMember(member: unknown): Forms | string {
  if (typeof member !== 'object' || member === null || Object.getPrototypeOf(member) !== Object.prototype)
    return formsOfValue(member);
  return shared.get(member) ?? write(member as Members, formsOfValue);
}

/** Returns the forms of any value. Well-formed strings, finite numbers, booleans and null have one. */
function formsOfValue(value: unknown): Forms | string {
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
