import type { KindTables } from './kinds.ts';
import { type Domain, makeDomain, type Pattern, tweakOfPattern } from './pattern.ts';
import type { ScriptScan } from './scan.ts';

/** Names of one column have a few hundred patterns; a pattern of 12 characters takes about 500 bytes. */
const MAX_PATTERNS = 4096;

/** The patterns of recent columns: making one costs a digest, and a new domain arithmetic of big integers. */
export class PatternCache {
  readonly #tables: KindTables;
  #iv = Buffer.alloc(0);
  #byHash = new Map<number, Pattern[]>();
  #domains = new Map<string, Domain>();
  #size = 0;

  constructor(tables: KindTables) {
    this.#tables = tables;
  }

  /** Drops the patterns of another external IV. */
  use(iv: Uint8Array): void {
    if (this.#iv.equals(iv) && this.#size < MAX_PATTERNS) return;
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
    if (known === undefined) this.#byHash.set(hash, [pattern]);
    else known.push(pattern);
    this.#size++;
    return pattern;
  }

  #make(kinds: Uint16Array): Pattern {
    const { sizes: all, composing } = this.#tables;
    const sizes = Uint32Array.from(kinds, (kind) => all[kind]!);
    const key = sizes.join(' ');
    let domain = this.#domains.get(key);
    if (domain === undefined) {
      domain = makeDomain(sizes);
      this.#domains.set(key, domain);
    }
    const composes = kinds.some((kind) => composing[kind] === 1);
    return { kinds, domain, composes, tweak: tweakOfPattern(kinds, this.#iv) };
  }
}

function isOf(pattern: Pattern, kinds: Uint16Array, from: number, to: number): boolean {
  const own = pattern.kinds;
  if (own.length !== to - from) return false;
  for (let i = 0; i < own.length; i++) if (own[i] !== kinds[from + i]) return false;
  return true;
}
