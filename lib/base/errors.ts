/**
 * The base of every error that this product throws on purpose. Programs and tests match on `code`, which is stable.
 * `message` is for people and holds no value, key, token or request body.
 */
export class ProtectorError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * Tells whether a store refused a conditional write because another writer was first. By the code alone: a store that lies beside a bundle
 * has a `ProtectorError` of its own.
 */
export function isStoreConflict(error: unknown): boolean {
  return error instanceof Error && (error as { readonly code?: unknown }).code === 'STORE_CONFLICT';
}

/**
 * Ends an exhaustive switch. The type checker proves that no case is missing; a value that arrives here anyway is
 * refused.
 */
export function unreachable(kind: never): never {
  throw new ProtectorError('UNREACHABLE', `Unknown kind ${typeof kind}: refused`);
}
