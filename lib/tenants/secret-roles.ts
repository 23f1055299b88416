// Which of a tenant's secrets give keys for a secret path, and which of them is current.

/** What decides about the use of a secret. */
export interface SecretUse {
  readonly id: number;
  /** The secret path that it was made for. @default every path */
  readonly path?: string;
  /** New values are encrypted with it: for its path, or for every path without a current secret of its own. */
  readonly current: boolean;
  /** It gives no keys any more: for no path, or not for these. @default it does */
  readonly archived?: true | readonly string[];
}

/** `former`: values under it are found and decrypted. Undefined: it gives no key for the path. */
export type SecretRole = 'current' | 'former' | undefined;

/** Returns the role of a secret for a path among all of its tenant. */
export function roleOf<Use extends SecretUse>(secrets: readonly Use[], secret: Use, path: string): SecretRole {
  if (!isLive(secret, path)) return undefined;
  const live = secrets.filter((one) => one.current && isLive(one, path));
  const current = live.findLast((one) => one.path === path) ?? live.at(-1);
  return secret === current ? 'current' : 'former';
}

function isLive({ path: own, archived }: SecretUse, path: string): boolean {
  if (own !== undefined && own !== path) return false;
  return archived !== true && archived?.includes(path) !== true;
}

/**
 * Returns the secrets with one of them archived for a path, or for all; undefined when it is current there: new values
 * would have no key.
 */
export function withArchived<Use extends SecretUse>(
  secrets: readonly Use[],
  id: number,
  path: string | undefined,
): readonly Use[] | undefined {
  const secret = secrets.find((one) => one.id === id);
  if (secret === undefined) return secrets;
  const isCurrent = path === undefined ? secret.current : roleOf(secrets, secret, path) === 'current';
  if (isCurrent) return undefined;
  const { archived = [] } = secret;
  const wider = path === undefined || archived === true ? true : [...new Set([...archived, path])];
  return secrets.map((one) => (one === secret ? { ...one, archived: wider } : one));
}

/** Returns the secrets with one of them in use again, for every path. */
export function withoutArchived<Use extends SecretUse>(secrets: readonly Use[], id: number): readonly Use[] {
  return secrets.map((one) => {
    const { archived: _, ...rest } = one;
    return one.id === id ? (rest as unknown as Use) : one;
  });
}
