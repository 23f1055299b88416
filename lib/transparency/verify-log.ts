// A whole log, offline: its checkpoints, the tree under the newest one, and that every other one is a prefix of it.
import type { Entry } from './entries.ts';
import type { KeyInUse, LogFinding } from './findings.ts';
import { Frontier } from './frontier.ts';
import { EMPTY_ROOT, sameBytes } from './hashes.ts';
import type { TileReader } from './ports.ts';
import { History, type SignedHead } from './verify-history.ts';
import { TreeCheck } from './verify-tree.ts';

export interface VerifyLogOptions {
  readonly reader: TileReader;
  /** The keys of this log, from whom one trusts: what lies beside the log proves nothing. */
  readonly keys: readonly KeyInUse[];
  /**
   * Checkpoints that were kept elsewhere, by the name to report them under: what shows that a log was cut or written anew.
   *
   * @default - none
   */
  readonly known?: ReadonlyMap<string, Uint8Array>;
  /**
   * Epoch seconds: is the next checkpoint overdue?
   *
   * @default - it is not asked
   */
  readonly now?: number;
  /** Called with each entry that is under the signed root, in order. */
  readonly onEntry?: (entry: Entry) => void;
  /** Called with each entry that lies where another one was sealed. */
  readonly onWrongEntry?: (entry: Entry) => void;
}

export interface LogReport {
  /** Authentic checkpoints in the log. */
  readonly checkpoints: number;
  /** The newest one whose tree is there. */
  readonly head: SignedHead | undefined;
  /** True when there is no finding but notes. */
  readonly valid: boolean;
  readonly findings: readonly LogFinding[];
}

/**
 * Checks signatures, numbers, order and clock of every checkpoint; every tile and entry under the newest one; and that each other
 * one, stored or known from elsewhere, is a prefix of it (for which no proof is needed, as all leaves are looked at). One pass over
 * the leaves; memory grows with checkpoints and tiles: about 100 bytes a checkpoint and 1 byte a leaf.
 */
export async function verifyLog(options: VerifyLogOptions): Promise<LogReport> {
  const history = await History.read(options.reader, options.keys);
  const known = [...(options.known ?? [])].flatMap(([name, bytes]) => history.authentic(name, bytes) ?? []);
  const bySize = [...history.checkpoints].toSorted((a, b) => a.size - b.size);
  const { head, prefixes, tree } = await walk(options, bySize, known);
  const forked = new Set(prefixes.forked);
  const findings = [...history.findings(forked, options.now), ...prefixes.findings(), ...tree];
  return {
    checkpoints: history.checkpoints.length,
    head,
    valid: findings.every(({ note }) => note === true),
    findings,
  };
}

/** A signed tree that the store does not give, and what is absent of it; undefined when everything is there and gives another. */
interface Refuted {
  readonly head: SignedHead;
  readonly absent: string | undefined;
}

/** Anchors the tree at the largest checkpoint that the tiles give, and compares all others with it. */
async function walk(
  { reader, onEntry = () => {}, onWrongEntry = () => {} }: VerifyLogOptions,
  bySize: readonly SignedHead[],
  known: readonly SignedHead[],
): Promise<{ head: SignedHead | undefined; prefixes: Prefixes; tree: readonly LogFinding[] }> {
  const refuted: Refuted[] = [];
  for (const head of bySize.toReversed()) {
    // A root that was refuted need not be tried again for the checkpoints that repeat it.
    const before = refuted.find((each) => each.head.size === head.size && sameBytes(each.head.root, head.root));
    if (before !== undefined) {
      refuted.push({ ...before, head });
      continue;
    }
    const prefixes = new Prefixes([...bySize, ...known], refuted);
    const onSubtree = (root: Uint8Array, height: number): void => prefixes.add(root, height);
    const tree = new TreeCheck({ reader, onEntry, onWrongEntry, onSubtree });
    const outcome = await tree.check(head);
    if (outcome === 'checked') return { head, prefixes, tree: tree.findings() };
    refuted.push({ head, absent: outcome.absent });
  }
  return { head: undefined, prefixes: new Prefixes([], refuted), tree: [] };
}

/** Compares signed trees with the one that is there, while its leaves go by. */
class Prefixes {
  readonly #frontier = new Frontier();
  readonly #bySize: readonly SignedHead[];
  readonly #refuted: readonly Refuted[];
  readonly #other: SignedHead[] = [];
  /** They end inside a subtree whose leaves cannot be read. */
  readonly #unread: SignedHead[] = [];
  #next = 0;

  constructor(heads: readonly SignedHead[], refuted: readonly Refuted[]) {
    const out = new Set(refuted.map(({ head }) => head));
    this.#bySize = heads.filter((head) => !out.has(head)).toSorted((a, b) => a.size - b.size);
    this.#refuted = [...refuted];
    this.#compare();
  }

  /** Signed trees that are not prefixes of the one that is there. */
  get forked(): readonly SignedHead[] {
    return [...this.#refuted.map(({ head }) => head), ...this.#other];
  }

  add(root: Uint8Array, height: number): void {
    this.#frontier.append(root, height);
    this.#compare();
  }

  findings(): readonly LogFinding[] {
    const { size } = this.#frontier;
    return [
      ...this.#refutations(size),
      ...this.#other.map(forkedFinding),
      ...this.#bySize.slice(this.#next).map(({ path, size: leaves }): LogFinding => {
        return { kind: 'rolled-back', path, detail: `It has ${leaves} leaves, the log has ${size}` };
      }),
      ...this.#unread.map(({ path, size: leaves }): LogFinding => {
        return { kind: 'missing', path, detail: `Its ${leaves} leaves cannot be compared: some are unreadable` };
      }),
    ];
  }

  /** When nothing that is there was ever signed, that is damage, and one finding says it. */
  #refutations(size: number): readonly LogFinding[] {
    const [newest] = this.#refuted;
    if (newest !== undefined && size === 0) {
      const { path, size: leaves } = newest.head;
      return [{ kind: 'modified', path, detail: `Nothing that is there gives the root of its ${leaves} leaves` }];
    }
    const absent = this.#refuted.filter((each) => each.absent !== undefined);
    const other = this.#refuted.filter((each) => each.absent === undefined);
    return [...new Set(absent.map((each) => each.absent!))]
      .map((path): LogFinding => {
        const { number, size: leaves } = absent.find((each) => each.absent === path)!.head;
        return {
          kind: 'missing',
          path,
          detail: `Without it the ${leaves} leaves of checkpoint ${number} cannot be verified`,
        };
      })
      .concat(other.map(({ head }) => forkedFinding(head)));
  }

  #compare(): void {
    const { size } = this.#frontier;
    let root: Uint8Array | undefined;
    for (; this.#next < this.#bySize.length; this.#next++) {
      const head = this.#bySize[this.#next]!;
      if (head.size > size) return;
      root ??= size === 0 ? EMPTY_ROOT : this.#frontier.root();
      if (head.size < size) this.#unread.push(head);
      else if (!sameBytes(root, head.root)) this.#other.push(head);
    }
  }
}

function forkedFinding({ path, size }: SignedHead): LogFinding {
  return { kind: 'forked', path, detail: `Its ${size} leaves are not those that are there` };
}
