// References to secrets, wherever they stand in a document.
import { replacing } from '../base/json.ts';
import { memberStep } from '../document/path.ts';

/** Values of the secrets file by name. */
export type SecretValues = ReadonlyMap<string, string>;

export interface Reference {
  readonly name: string;
  /** Where the reference is, such as `$.tenants[0].sinks[1].token`. */
  readonly path: string;
}

/** Every reference in a value that is well-formed. `path`: where the value is. */
export function referencesIn(value: unknown, path: string): Reference[] {
  const name = referenceName(value);
  if (name !== undefined) return [{ name, path }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, part]) =>
    referencesIn(part, path + (Array.isArray(value) ? `[${member}]` : memberStep(member))),
  );
}

/** The value with `{"secret": <text>}` for each reference. Every one must be there. */
export function resolved(value: unknown, secrets: SecretValues): unknown {
  return replacing(value, (part) => {
    const name = referenceName(part);
    return name === undefined ? undefined : { secret: secrets.get(name)! };
  });
}

/** An API key has its reference beside its id, so an object with other members may be one too. */
function referenceName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('secretRef' in value)) return undefined;
  return typeof value.secretRef === 'string' ? value.secretRef : undefined;
}
