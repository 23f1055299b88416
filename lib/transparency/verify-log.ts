// Verifies a whole log offline: its checkpoints, the tree under the newest one, and that each other one is a prefix of
// it.
import type { Entry } from './entries.ts';
import type { KeyInUse, LogFinding } from './findings.ts';
import { Frontier } from './frontier.ts';
import { EMPTY_ROOT, sameBytes } from './hashes.ts';
import type { TileReader } from './ports.ts';
import { History, type Promised, type SignedHead } from './verify-history.ts';
import { namingUnreadable } from './unreadable.ts';
import { supersededFindings } from './verify-superseded.ts';
import { type TimestampRules, verifyTimestamps } from './verify-timestamps.ts';
import { TreeCheck } from './verify-tree.ts';

export interface VerifyLogOptions extends Promised {
  readonly reader: TileReader;
  /** The keys of this log, from a trusted source: keys stored beside the log prove nothing. */
  readonly keys: readonly KeyInUse[];
  /**
   * Checkpoints stored elsewhere, by the name to report them under: they reveal that a log was cut or rewritten.
   *
   * @default - none
   */
  readonly known?: ReadonlyMap<string, Uint8Array>;
  /**
   * How timestamps of checkpoints are verified.
   *
   * @default - they are not: no one but the log says when a checkpoint was signed
   */
  readonly timestamps?: TimestampRules | undefined;
  /** Called with each entry under the signed root, in order. */
  readonly onEntry?: (entry: Entry) => void;
  /** Called with each entry in the place of another sealed one. */
  readonly onWrongEntry?: (entry: Entry) => void;
}

export interface LogReport {
  /** Number of authentic checkpoints in the log. */
  readonly checkpoints: number;
  /** The newest checkpoint whose tree is present. */
  readonly head: SignedHead | undefined;
  /** Authentic checkpoints, stored or known from elsewhere, that are prefixes of the tree of `head`. */
  readonly heads: readonly SignedHead[];
  /** True when all findings are notes. */
  readonly valid: boolean;
  readonly findings: readonly LogFinding[];
}

/**
 * Verifies signatures, numbers, order and times of every checkpoint; every tile and entry under the newest one; that
 * each other one, stored or known from elsewhere, is a prefix of it (without a proof, because all leaves are read); and
 * the partial tiles of former checkpoints. Absent is never intact: a log without a checkpoint is a finding. One pass
 * over the leaves; memory: about 100 bytes a checkpoint and 1 byte a leaf.
 */
export async function verifyLog(given: VerifyLogOptions): Promise<LogReport> {
  const { reader, findings: unreadable } = namingUnreadable(given.reader);
  const options = { ...given, reader };
  const history = await History.read(reader, options.keys, options);
  const known: SignedHead[] = [];
  for (const [name, bytes] of options.known ?? []) {
    const head = await history.authentic(name, bytes);
    if (head !== undefined) known.push(head);
  }
  const bySize = [...history.checkpoints].toSorted((a, b) => a.size - b.size);
  const { head, prefixes, tree } = await walk(options, bySize, known);
  const forked = new Set(prefixes.forked);
  const present = head === undefined ? [] : bySize.filter((each) => !forked.has(each) && each.size < head.size);
  const damaged = new Set(tree.map(({ path }) => path));
  const superseded = head === undefined ? [] : await supersededFindings(reader, present, head.size, damaged);
  const stamped = options.timestamps
    ? await verifyTimestamps(reader, history.dated(forked), options.timestamps, options)
    : [];
  const found = [
    ...history.findings(forked, options.now, known),
    ...prefixes.findings(),
    ...tree,
    ...superseded,
    ...stamped,
  ];
  // What cannot be read looks absent: one finding says why.
  const findings = [...unreadable.values(), ...found.filter((each) => !isAbsentFor(unreadable, each))];
  return {
    checkpoints: history.checkpoints.length,
    head,
    heads: prefixes.held,
    valid: findings.every(({ note }) => note === true),
    findings,
  };
}

function isAbsentFor(unreadable: ReadonlyMap<string, LogFinding>, { kind, path }: LogFinding): boolean {
  return kind === 'missing' && unreadable.has(path);
}

/**
 * A signed tree that the store does not give, and its absent tile; undefined when all tiles exist and give another
 * tree.
 */
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
    // Checkpoints that repeat a refuted root need no second try.
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

/** Compares signed trees with the present one while its leaves are read. */
class Prefixes {
  readonly #frontier = new Frontier();
  readonly #bySize: readonly SignedHead[];
  readonly #refuted: readonly Refuted[];
  readonly #other: SignedHead[] = [];
  /** Signed trees that are prefixes of the present one. */
  readonly #held: SignedHead[] = [];
  /** Checkpoints that end inside an unreadable subtree. */
  readonly #unread: SignedHead[] = [];
  #next = 0;

  constructor(heads: readonly SignedHead[], refuted: readonly Refuted[]) {
    const out = new Set(refuted.map(({ head }) => head));
    this.#bySize = heads.filter((head) => !out.has(head)).toSorted((a, b) => a.size - b.size);
    this.#refuted = [...refuted];
    this.#compare();
  }

  /** Signed trees that are no prefixes of the present one. */
  get forked(): readonly SignedHead[] {
    return [...this.#refuted.map(({ head }) => head), ...this.#other];
  }

  get held(): readonly SignedHead[] {
    return this.#held;
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

  /** Returns the findings about refuted checkpoints. When no stored tree was ever signed, one finding says so. */
  #refutations(size: number): readonly LogFinding[] {
    const [newest] = this.#refuted;
    if (newest !== undefined && size === 0) {
      const { path, size: leaves } = newest.head;
      return [{ kind: 'modified', path, detail: `The stored tiles do not give the root of its ${leaves} leaves` }];
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
      else (sameBytes(root, head.root) ? this.#held : this.#other).push(head);
    }
  }
}

function forkedFinding({ path, size }: SignedHead): LogFinding {
  return { kind: 'forked', path, detail: `Its ${size} leaves differ from those in the log` };
}
