// References to secrets, wherever they stand in a document.

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
  return Object.entries(value).flatMap(([member, part]) => {
    const step = /^[A-Za-z_$][\w$]*$/.test(member) ? `.${member}` : `[${JSON.stringify(member)}]`;
    return referencesIn(part, Array.isArray(value) ? `${path}[${member}]` : path + step);
  });
}

/** The value with `{"secret": <text>}` for each reference. Every one must be there. */
export function resolved(value: unknown, secrets: SecretValues): unknown {
  const name = referenceName(value);
  if (name !== undefined) return { secret: secrets.get(name)! };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => resolved(part, secrets));
  return Object.fromEntries(Object.entries(value).map(([member, part]) => [member, resolved(part, secrets)]));
}

/** An API key has its reference beside its id, so an object with other members may be one too. */
function referenceName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('secretRef' in value)) return undefined;
  return typeof value.secretRef === 'string' ? value.secretRef : undefined;
}
