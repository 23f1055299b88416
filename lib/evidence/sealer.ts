// Seals audit records: each becomes one leaf of the transparency log, in order of arrival.
import { toHex } from '../base/bytes.ts';
import type { SignedLine } from '../audit/read-line.ts';
import type { Checkpoint } from '../transparency/checkpoint.ts';
import type { AskedWitness } from '../transparency/cosigning.ts';
import { readBundle, readEntries } from '../transparency/entries.ts';
import { LogError } from '../transparency/errors.ts';
import { sha256 } from '../transparency/hashes.ts';
import type { LogHead, LogWriter, SignedCheckpoint } from '../transparency/log-writer.ts';
import type { TileStore } from '../transparency/ports.ts';
import { TILE_WIDTH } from '../transparency/tiles.ts';
import { ChainHeads, type Hole } from './chain-heads.ts';
import { readLeaf, readSealable, recordId, type Sealable } from './record-id.ts';

/** The result of one run. */
export interface SealReport {
  /** The newest checkpoint; undefined for a log without one. */
  readonly checkpoint: Checkpoint | undefined;
  /** Number of records that became leaves. */
  readonly sealed: number;
  /** Number of records that were leaves already, byte for byte. */
  readonly repeated: number;
  /** Ids of records that contradict another: same number with other content, or another predecessor. Sealed too. */
  readonly forked: readonly string[];
  /** Number of lines that are no signed records. Not sealed, because no key vouches for them. */
  readonly rejected: number;
  /** Numbers absent from the log although higher ones of their chain are present; they may still arrive. */
  readonly holes: readonly Hole[];
  /** What each witness answered to the last checkpoint of the run; empty without witnesses or without a checkpoint. */
  readonly asked: readonly AskedWitness[];
}

/**
 * Called with each checkpoint that a run signs, while its tiles are written and witnesses are asked: what a caller starts
 * here takes no time of its own. The run does not wait for it.
 */
export type OnSigned = (checkpoint: SignedCheckpoint) => void;

/** The object beside the log that holds `ChainHeads`. */
const HEADS = 'heads.json';

/** Limits of one commit, whose entries are in memory together. */
const MAX_COMMIT_ENTRIES = 16_384;
const MAX_COMMIT_BYTES = 16 * 1024 * 1024;
/** How often another writer may be first before this one gives up for now. */
const MAX_ATTEMPTS = 100;
/** Most holes and forks that a report names. */
const MAX_REPORTED = 100;

/**
 * Seals records into a log. Several sealers may write to one log concurrently: the log decides which is first, and the
 * others check their records again. Does not check MACs: it has no record key, and so cannot forge a record.
 */
export class Sealer {
  readonly #log: LogWriter;
  readonly #store: TileStore;

  constructor(log: LogWriter, store: TileStore) {
    this.#log = log;
    this.#store = store;
  }

  /**
   * Seals every signed record among `lines` that is no leaf yet; resolves once all are under a signed checkpoint.
   * Without new records the log stays as it is. After a rejection (`LogError`) retry with the same lines: none becomes
   * two leaves.
   */
  async seal(lines: Iterable<string> | AsyncIterable<string>, onSigned?: OnSigned): Promise<SealReport> {
    const run = new Run(this.#log, this.#store, onSigned);
    await run.open();
    let batch: string[] = [];
    let bytes = 0;
    for await (const line of lines) {
      batch.push(line);
      bytes += line.length;
      if (batch.length < MAX_COMMIT_ENTRIES && bytes < MAX_COMMIT_BYTES) continue;
      await run.add(batch);
      batch = [];
      bytes = 0;
    }
    await run.add(batch);
    return run.report();
  }

  /** Signs an empty checkpoint, unless the newest one is younger than `everyS` seconds at `nowMs`. */
  async tick(nowMs: number, everyS: number, onSigned?: OnSigned): Promise<SealReport> {
    const run = new Run(this.#log, this.#store, onSigned);
    await run.open();
    const { checkpoint } = run.head;
    if (checkpoint === undefined || nowMs / 1000 - checkpoint.time >= everyS) await run.commit([]);
    return run.report();
  }
}

class Run {
  readonly #log: LogWriter;
  readonly #store: TileStore;
  readonly #onSigned: OnSigned | undefined;
  #head: LogHead | undefined;
  #heads = new ChainHeads();
  #sealed = 0;
  #repeated = 0;
  #rejected = 0;
  #asked: readonly AskedWitness[] = [];
  readonly #forked = new Set<string>();

  constructor(log: LogWriter, store: TileStore, onSigned?: OnSigned) {
    this.#log = log;
    this.#store = store;
    this.#onSigned = onSigned;
  }

  get head(): LogHead {
    return this.#head!;
  }

  async open(): Promise<void> {
    this.#head = await this.#log.open();
    const { size } = this.#head.tree;
    this.#heads = ChainHeads.parse(await this.#store.read(HEADS), size) ?? new ChainHeads();
    await this.#catchUp();
  }

  async add(lines: readonly string[]): Promise<void> {
    const candidates = this.#read(lines);
    for (let attempt = 0; candidates.length > 0; attempt++) {
      if (attempt === MAX_ATTEMPTS)
        throw new LogError('LOG_CONTENDED', `Other writers of the log were first ${MAX_ATTEMPTS} times: try again`);
      const fresh = await this.#withoutLeaves(candidates);
      if (fresh.length === 0 || (await this.commit(fresh))) {
        this.#sealed += fresh.length;
        this.#repeated += candidates.length - fresh.length;
        return;
      }
    }
  }

  /** Commits the candidates. False when another writer was first. */
  async commit(candidates: readonly Sealable[]): Promise<boolean> {
    const before = this.#head;
    const entries = candidates.map(({ bytes }) => bytes);
    const { head, ours, asked } = await this.#log.commit(this.head, entries, {
      ...(this.#onSigned && { signed: this.#onSigned }),
      stored: (next) => this.#moveTo(next, candidates),
    });
    if (asked.length > 0) this.#asked = asked;
    // Unless that happened while the witnesses were asked; a third writer may have gone on since.
    const isNoted = this.#head !== before;
    if (head !== this.#head) await this.#moveTo(head, ours && !isNoted ? candidates : []);
    return ours;
  }

  /** Goes on from a head that holds `added` at its end, or further leaves behind them. */
  async #moveTo(head: LogHead, added: readonly Sealable[]): Promise<void> {
    this.#head = head;
    const { time = 0 } = head.checkpoint ?? {};
    for (const { read } of added) if (!this.#heads.add(read, time)) this.#forked.add(recordId(read));
    await this.#catchUp();
    await this.#store.replace(HEADS, this.#heads.serialise(time));
  }

  report(): SealReport {
    const holes: Hole[] = [];
    for (const hole of this.#heads.holes()) if (holes.push(hole) === MAX_REPORTED) break;
    return {
      checkpoint: this.head.checkpoint,
      sealed: this.#sealed,
      repeated: this.#repeated,
      forked: [...this.#forked].slice(0, MAX_REPORTED),
      rejected: this.#rejected,
      holes,
      asked: this.#asked,
    };
  }

  async #catchUp(): Promise<void> {
    const { tree, checkpoint } = this.head;
    for await (const { bytes } of readEntries(this.#store, this.#heads.size, tree.size)) {
      this.#heads.add(readLeaf(bytes), checkpoint?.time ?? 0);
    }
  }

  #read(lines: readonly string[]): readonly Sealable[] {
    return lines.flatMap((line) => {
      if (line.trim() === '') return [];
      const sealable = readSealable(line);
      if (sealable !== undefined) return [sealable];
      this.#rejected += 1;
      return [];
    });
  }

  /**
   * Returns the candidates that are no leaf yet, each once, in order. Keeps and reports a record whose number is taken.
   */
  async #withoutLeaves(candidates: readonly Sealable[]): Promise<readonly Sealable[]> {
    const suspects = candidates.filter(({ read }) => this.#leavesOf(read) !== undefined);
    const leaves = await this.#identicalLeaves(suspects);
    const others = suspects.filter(({ digest }) => !leaves.has(digest));
    if (others.length > 0 && !(await this.#areLeaves(others))) {
      // The memory claims records that the log does not hold: only the leaves can say what is there.
      this.#heads = new ChainHeads();
      await this.#catchUp();
      return this.#withoutLeaves(candidates);
    }
    const taken = new Set(suspects.map(({ read }) => recordId(read)));
    const digests = new Set<string>(leaves);
    return candidates.filter(({ read, digest }) => {
      if (digests.has(digest)) return false;
      digests.add(digest);
      const id = recordId(read);
      if (taken.has(id)) this.#forked.add(id);
      taken.add(id);
      return true;
    });
  }

  /** Returns the digests of the suspects that are leaves. Searches backwards, because repeats are mostly recent. */
  async #identicalLeaves(suspects: readonly Sealable[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(suspects.map(({ digest }) => digest));
    const found = new Set<string>();
    for await (const bytes of this.#leavesBackwards(suspects, () => wanted.size === 0)) {
      const digest = toHex(sha256(bytes));
      if (wanted.delete(digest)) found.add(digest);
    }
    return found;
  }

  /** Tells whether each suspect's chain and number have a leaf where the memory says so. */
  async #areLeaves(suspects: readonly Sealable[]): Promise<boolean> {
    const wanted = new Set(suspects.map(({ read }) => recordId(read)));
    for await (const bytes of this.#leavesBackwards(suspects, () => wanted.size === 0)) {
      const leaf = readLeaf(bytes);
      if (leaf !== undefined) wanted.delete(recordId(leaf));
    }
    return wanted.size === 0;
  }

  /** Yields the leaves among which the suspects should be, bundle by bundle from the last one, until `isDone`. */
  async *#leavesBackwards(suspects: readonly Sealable[], isDone: () => boolean): AsyncGenerator<Uint8Array> {
    const ranges = suspects.map(({ read }) => this.#leavesOf(read)!);
    const first = ranges.reduce((least, range) => Math.min(least, range.first), Number.POSITIVE_INFINITY);
    const last = ranges.reduce((most, range) => Math.max(most, range.last), -1);
    for (let bundle = Math.floor(last / TILE_WIDTH); bundle * TILE_WIDTH + TILE_WIDTH > first; bundle--) {
      if (bundle < 0 || isDone()) return;
      yield* await readBundle(this.#store, bundle, this.head.tree.size);
    }
  }

  #leavesOf({ record }: SignedLine): { readonly first: number; readonly last: number } | undefined {
    return this.#heads.leavesOf(record.signature.chain_id, record.signature.sequence);
  }
}
