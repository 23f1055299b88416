/**
 * The base of every error this product throws on purpose. `code` is stable and is what programs and tests match on;
 * `message` is for people, and holds no value, key, token or request body.
 */
export class ProtectorError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Ends an exhaustive switch: the type checker proves it unreachable, and a value that gets here all the same is refused. */
export function unreachable(kind: never): never {
  throw new ProtectorError('UNREACHABLE', `Unknown kind ${typeof kind}: refused`);
}
