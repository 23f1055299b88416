import { inspect } from 'node:util';

/** Holds key bytes so that printing, logging or serialising the holder shows `[secret]` instead of them. */
export class Secret {
  readonly #bytes: Uint8Array;

  /** Takes ownership of `bytes`: nobody else may keep them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, not a copy. The caller must not keep them longer than it needs. */
  expose(): Uint8Array {
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros. Copies that V8 or a cipher object made are out of reach. */
  destroy(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
