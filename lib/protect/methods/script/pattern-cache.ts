import type { NarrowKinds } from './narrow-kinds.ts';
import { type Domain, makeDomain, type Pattern, tweakOfPattern } from './pattern.ts';
import type { ScriptScan } from './scan.ts';

/** Names of one column have a few hundred patterns; a pattern of 12 characters takes about 500 bytes. */
const MAX_PATTERNS = 4096;
/** Patterns of one column that are kept beside the values that have them, and those of one hash, which a caller can choose. */
const [MOST_OF_COLUMN, MOST_OF_HASH] = [65_536, 8];

/** The patterns of recent columns: making one costs a digest, and a new domain arithmetic of big integers. */
export class PatternCache {
  readonly #narrow: NarrowKinds;
  #iv = Buffer.alloc(0);
  #byHash = new Map<number, Pattern[]>();
  #domains = new Map<string, Domain>();
  #size = 0;

  constructor(narrow: NarrowKinds) {
    this.#narrow = narrow;
  }

  /** Begins a column: drops the patterns of another external IV, and those of too many columns. */
  use(iv: Uint8Array): void {
    if (this.#iv.equals(iv) && this.#size < MAX_PATTERNS && !this.#narrow.isCrowded) return;
    if (this.#narrow.isCrowded) this.#narrow.forget();
    this.#iv = Buffer.from(iv);
    this.#byHash = new Map();
    this.#domains = new Map();
    this.#size = 0;
  }

  /** Returns the pattern of a row; undefined if none of its characters has a kind. */
  patternOf({ kinds, starts, hashes }: ScriptScan, row: number): Pattern | undefined {
    const from = starts[row]!;
    const to = starts[row + 1]!;
    if (from === to) return undefined;
    const hash = hashes[row]!;
    const known = this.#byHash.get(hash);
    if (known !== undefined) {
      for (const pattern of known) if (isOf(pattern, kinds, from, to)) return pattern;
    }
    const pattern = this.#make(kinds.slice(from, to));
    if (this.#size >= MOST_OF_COLUMN || (known !== undefined && known.length >= MOST_OF_HASH)) return pattern;
    if (known === undefined) this.#byHash.set(hash, [pattern]);
    else known.push(pattern);
    this.#size++;
    return pattern;
  }

  #make(kinds: Uint16Array): Pattern {
    const sizes = new Uint32Array(kinds.length);
    for (let i = 0; i < kinds.length; i++) sizes[i] = this.#narrow.sizeOf(kinds[i]!);
    // No kind has more than 65,535 characters.
    const key = String.fromCharCode(...sizes);
    let domain = this.#domains.get(key);
    if (domain === undefined) {
      domain = makeDomain(sizes);
      if (this.#domains.size < MOST_OF_COLUMN) this.#domains.set(key, domain);
    }
    return { kinds, domain, tweak: tweakOfPattern(this.#written(kinds), this.#iv) };
  }

  /** Kinds as the tweak holds them: a narrow one as 65,535, its whole kind and its size. */
  #written(kinds: Uint16Array): number[] {
    const written: number[] = [];
    for (const kind of kinds) {
      const narrow = this.#narrow.of(kind);
      if (narrow === undefined) written.push(kind);
      else written.push(0xffff, narrow.kind, this.#narrow.sizeOf(kind));
    }
    return written;
  }
}

function isOf(pattern: Pattern, kinds: Uint16Array, from: number, to: number): boolean {
  const own = pattern.kinds;
  if (own.length !== to - from) return false;
  for (let i = 0; i < own.length; i++) if (own[i] !== kinds[from + i]) return false;
  return true;
}
