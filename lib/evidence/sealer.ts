// The life of an audit record after the sink: it becomes a leaf of the transparency log, in order of arrival, once.
import type { SignedLine } from '../audit/read-line.ts';
import { readLine } from '../audit/read-line.ts';
import type { Checkpoint } from '../transparency/checkpoint.ts';
import { readBundle, readEntries } from '../transparency/entries.ts';
import { LogError } from '../transparency/errors.ts';
import { sha256 } from '../transparency/hashes.ts';
import type { LogHead, LogWriter } from '../transparency/log-writer.ts';
import type { TileStore } from '../transparency/ports.ts';
import { MAX_ENTRY_BYTES, TILE_WIDTH } from '../transparency/tiles.ts';
import { ChainHeads, type Hole } from './chain-heads.ts';
import { readLeaf, recordId } from './record-id.ts';

/** What one run has sealed, and what it noticed meanwhile. */
export interface SealReport {
  /** The newest checkpoint; undefined for a log that has none yet. */
  readonly checkpoint: Checkpoint | undefined;
  /** Records that became leaves. */
  readonly sealed: number;
  /** Records that were leaves already, byte for byte. */
  readonly repeated: number;
  /** Ids of records that contradict another one: the same number with other content, or another predecessor. Sealed as well. */
  readonly forked: readonly string[];
  /** Lines that are no signed records. Not sealed: nobody vouches for them. */
  readonly rejected: number;
  /** Numbers that are not in the log although higher ones of their chain are; they may still be on their way. */
  readonly holes: readonly Hole[];
}

/** Beside the log; see `ChainHeads`. */
const HEADS = 'heads.json';

/** Of one commit, whose entries are in memory at the same time. */
const MAX_COMMIT_ENTRIES = 16_384;
const MAX_COMMIT_BYTES = 16 * 1024 * 1024;
/** Times another writer may come first before this one gives up for now. */
const MAX_ATTEMPTS = 100;
/** A report is a message, not a list of everything. */
const MAX_REPORTED = 100;

/**
 * Seals records into a log. Several sealers may work on one log at the same time: the log decides who goes first, and what the
 * others had is looked at again. Does not check MACs: it has no record key, and so cannot forge a record either.
 */
export class Sealer {
  readonly #log: LogWriter;
  readonly #store: TileStore;

  constructor(log: LogWriter, store: TileStore) {
    this.#log = log;
    this.#store = store;
  }

  /**
   * Seals every signed record among `lines` that is no leaf yet; resolves once all of them are under a signed checkpoint. Nothing
   * new leaves the log as it is. After a rejection (`LogError`) the same lines may be given again: none becomes two leaves.
   */
  async seal(lines: Iterable<string> | AsyncIterable<string>): Promise<SealReport> {
    const run = new Run(this.#log, this.#store);
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

  /** Signs that nothing happened, unless the newest checkpoint is younger than `everyS` seconds at `nowMs`. */
  async tick(nowMs: number, everyS: number): Promise<SealReport> {
    const run = new Run(this.#log, this.#store);
    await run.open();
    const { checkpoint } = run.head;
    if (checkpoint === undefined || nowMs / 1000 - checkpoint.time >= everyS) await run.commit([]);
    return run.report();
  }
}

/** A line that may become a leaf. */
interface Candidate {
  readonly read: SignedLine;
  readonly bytes: Uint8Array;
  /** Hexadecimal SHA-256 of the bytes. */
  readonly digest: string;
}

class Run {
  readonly #log: LogWriter;
  readonly #store: TileStore;
  #head: LogHead | undefined;
  #heads = new ChainHeads();
  #sealed = 0;
  #repeated = 0;
  #rejected = 0;
  readonly #forked = new Set<string>();

  constructor(log: LogWriter, store: TileStore) {
    this.#log = log;
    this.#store = store;
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
        throw new LogError('LOG_CONTENDED', 'Other writers of the log came first, every time');
      const fresh = await this.#withoutLeaves(candidates);
      if (fresh.length === 0 || (await this.commit(fresh))) {
        this.#sealed += fresh.length;
        this.#repeated += candidates.length - fresh.length;
        return;
      }
    }
  }

  /** True when what was given is in the log now; false when another writer was first. */
  async commit(candidates: readonly Candidate[]): Promise<boolean> {
    const { head, ours } = await this.#log.commit(
      this.head,
      candidates.map(({ bytes }) => bytes),
    );
    this.#head = head;
    const { time = 0 } = head.checkpoint ?? {};
    if (ours) {
      for (const { read } of candidates) {
        if (!this.#heads.add(read, time)) this.#forked.add(recordId(read));
      }
    }
    await this.#catchUp(); // when a third writer has gone on meanwhile, or it was not ours
    await this.#store.replace(HEADS, this.#heads.serialise(time));
    return ours;
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
    };
  }

  async #catchUp(): Promise<void> {
    const { tree, checkpoint } = this.head;
    for await (const { bytes } of readEntries(this.#store, this.#heads.size, tree.size)) {
      this.#heads.add(readLeaf(bytes), checkpoint?.time ?? 0);
    }
  }

  #read(lines: readonly string[]): readonly Candidate[] {
    return lines.flatMap((line) => {
      if (line.trim() === '') return [];
      const read = readLine(line);
      const bytes = Buffer.from(line);
      if (read.kind === 'signed' && bytes.length <= MAX_ENTRY_BYTES) {
        return [{ read, bytes, digest: sha256(bytes).toString('hex') }];
      }
      this.#rejected += 1;
      return [];
    });
  }

  /** What is no leaf yet, each once, in order. A record whose number is taken by other content is kept, and reported. */
  async #withoutLeaves(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const suspects = candidates.filter(({ read }) => this.#leavesOf(read) !== undefined);
    const leaves = await this.#identicalLeaves(suspects);
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

  /** Digests of the suspects that are leaves. Looks from the newest possible leaf back, since what is repeated is mostly new. */
  async #identicalLeaves(suspects: readonly Candidate[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(suspects.map(({ digest }) => digest));
    const found = new Set<string>();
    const ranges = suspects.map(({ read }) => this.#leavesOf(read)!);
    const first = ranges.reduce((least, range) => Math.min(least, range.first), Number.POSITIVE_INFINITY);
    const last = ranges.reduce((most, range) => Math.max(most, range.last), -1);
    for (let bundle = Math.floor(last / TILE_WIDTH); bundle * TILE_WIDTH + TILE_WIDTH > first; bundle--) {
      if (wanted.size === 0 || bundle < 0) break;
      for (const bytes of await readBundle(this.#store, bundle, this.head.tree.size)) {
        const digest = sha256(bytes).toString('hex');
        if (wanted.delete(digest)) found.add(digest);
      }
    }
    return found;
  }

  #leavesOf({ record }: SignedLine): { readonly first: number; readonly last: number } | undefined {
    return this.#heads.leavesOf(record.signature.chain_id, record.signature.sequence);
  }
}
