/** `inspect.custom` of Node's util, without the module. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Owns key or clear text bytes. Printing, logging or serialising the holder shows `[secret]` instead of them. A secret
 * whose life is a scope is declared with `using`, so that the bytes are zero after the scope, whatever ends it:
 *
 *     using key = keyring.elementKey(id, 'ff1');
 *     return new Ff1(key.expose()); // the cipher has copied the key
 */
export class Secret implements Disposable {
  readonly #bytes: Uint8Array;

  /** Takes ownership of `bytes`: the caller must not keep them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Returns the bytes themselves, not a copy. The caller must not keep them longer than it needs. */
  expose(): Uint8Array {
    return this.#bytes;
  }

  /** Writes the bytes as text, for interfaces that take nothing else. The text itself cannot be overwritten. */
  exposeText(encoding: 'base64' | 'latin1' | 'utf8'): string {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return Buffer.from(buffer, byteOffset, byteLength).toString(encoding); // a view: `Buffer.from(bytes)` would copy
  }

  /** Overwrites the bytes with zeros. Copies that V8 or a cipher object made are out of reach. */
  destroy(): void {
    this.#bytes.fill(0);
  }

  /** Destroys the secret at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [INSPECT](): string {
    return '[secret]';
  }
}

/** Returns a holder that destroys every one of `secrets` at the end of its `using` scope. */
export function scopeOf(secrets: Iterable<Secret>): Disposable {
  return {
    [Symbol.dispose]: () => {
      for (const secret of secrets) secret.destroy();
    },
  };
}
