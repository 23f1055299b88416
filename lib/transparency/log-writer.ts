// Appends to a log by commits. A commit is one checkpoint, which may add entries or be empty.
//
// The log cannot fork, without a lock and without trust in a clock: the writer that creates the object pending/k
// decides commit k, and `create` succeeds once. Every writer that finds pending/k completes it in the same way: the
// tiles follow byte for byte from the committed tree and the pending entries, and so does the text of checkpoint k. A
// crash anywhere leaves either nothing, or a pending object that the next writer completes. pending/k is removed once
// checkpoint k exists, so a writer that was suspended may create it again; therefore a writer looks for checkpoint k
// only after it has seen pending/k.
//
// Witnesses are therefore asked before the tiles are written: nobody can ask for another checkpoint k. checkpoint k is
// created once the stored tiles are those that its root was computed from.

import { type Checkpoint, checkpointText, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { AskedWitness, Cosigned, Cosigners, CosignRequest } from './cosigning.ts';
import { LogError } from './errors.ts';
import { EMPTY_TREE, grow, type Growth, readTree, tilesOfGrowth, type Tree } from './growth.ts';
import { EMPTY_ROOT, sameBytes } from './hashes.ts';
import {
  CHECKPOINTS,
  checkpointNumber,
  checkpointPath,
  cosignaturesPath,
  NEWEST_CHECKPOINT,
  pendingPath,
} from './layout.ts';
import { formatNote, noteKey, type NoteKey, parseNote, verifyNote } from './note.ts';
import { decodePending, encodePending, type Pending } from './pending.ts';
import type { CheckpointSigner, TileStore } from './ports.ts';
import { isConsistent } from './proofs.ts';
import { type HashReader, TileHashes } from './tile-hashes.ts';

export interface LogWriterOptions {
  readonly store: TileStore;
  readonly signer: CheckpointSigner;
  /** Permanent name of the log: the first line of its checkpoints and the name of its keys. */
  readonly origin: string;
  /**
   * Further keys that may have signed the newest checkpoint: those before a rotation.
   *
   * @default - none
   */
  readonly formerKeys?: readonly NoteKey[];
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /**
   * Time within which each checkpoint promises the next.
   *
   * @default - no promise is made
   */
  readonly dueAfterS?: number;
  /**
   * Asked to cosign each checkpoint. A commit waits for them as long as their budget lasts; what is missing then is
   * asked for again with the next checkpoint.
   *
   * @default - checkpoints have no cosignatures
   */
  readonly witnesses?: Cosigners;
}

/** The newest checkpoint and the tree under it. */
export interface LogHead {
  /** Undefined before the first checkpoint. */
  readonly checkpoint: (Checkpoint & { readonly number: number; readonly time: number }) | undefined;
  readonly tree: Tree;
}

/** The result of a commit. */
export interface Commit {
  readonly head: LogHead;
  /** False when another writer was first: `head` is the result of its commit or of a later one, without our entries. */
  readonly ours: boolean;
  /** What the witnesses answered to the checkpoint that this commit signed. */
  readonly asked: readonly AskedWitness[];
}

/** A checkpoint that was just signed, and will be `checkpoints/<number>`. */
export interface SignedCheckpoint {
  readonly number: number;
  readonly bytes: Uint8Array;
  /** Resolves to true once these bytes are stored; to false when the commit fails, or another writer's note is stored. */
  readonly stored: Promise<boolean>;
}

/** What a caller does while a commit of its own entries is under way. */
export interface Meanwhile {
  /** Called once the checkpoint is signed, before it is stored. */
  readonly signed?: (checkpoint: SignedCheckpoint) => void;
  /** Called with the result once the checkpoint is stored. The commit waits for it, and rejects as it does. */
  readonly stored?: (head: LogHead) => Promise<void>;
}

/** Objects written at the same time. */
const CONCURRENT_WRITES = 16;

/**
 * Appends to one log. Any number of writers may run concurrently; one commit succeeds, the others must retry on the new
 * head.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #key: NoteKey;
  readonly #keys: readonly NoteKey[];

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#key = noteKey(options.origin, options.signer.publicKey);
    this.#keys = [this.#key, ...(options.formerKeys ?? [])];
  }

  /** The key that signs checkpoints now. */
  get key(): NoteKey {
    return this.#key;
  }

  /**
   * Reads the newest checkpoint, and verifies its signature and right edge. Rejects with `LogError`: `LOG_DAMAGED`,
   * `LOG_KEY_UNKNOWN`, or what the store rejects with.
   */
  async open(): Promise<LogHead> {
    const { store } = this.#options;
    const named = await this.#readCheckpoint(NEWEST_CHECKPOINT);
    // The object `checkpoint` is written last: after a crash or a rollback it is outdated.
    let newest = named ?? (await this.#readCheckpoint(await this.#lastListed()));
    for (;;) {
      const next = await this.#readCheckpoint(checkpointPath((newest?.checkpoint.number ?? -1) + 1));
      if (next === undefined) break;
      newest = next;
    }
    if (newest === undefined) return { checkpoint: undefined, tree: EMPTY_TREE };
    const { checkpoint } = newest;
    if (newest !== named) {
      const cosignatures = await store.read(cosignaturesPath(checkpoint.number));
      await store.remove(pendingPath(checkpoint.number));
      await this.#publish(newest.bytes, cosignatures ?? '');
    }
    return { checkpoint, tree: await readTree(store, checkpoint.size, checkpoint.root) };
  }

  /**
   * Appends `entries` to `head` and resolves to the signed result, or completes the commit of another writer there.
   * Rejects with `LogError`; call `open` before a retry, which shows whether the entries were added. `meanwhile` is
   * called only if this writer itself signs these entries.
   */
  async commit(head: LogHead, entries: readonly Uint8Array[], meanwhile: Meanwhile = {}): Promise<Commit> {
    const { store } = this.#options;
    const number = (head.checkpoint?.number ?? -1) + 1;
    const plan = this.#plan(head, number, entries);
    const wanted = encodePending(plan);
    const created = await store.create(pendingPath(number), wanted);
    const bytes = created === 'created' ? wanted : await store.read(pendingPath(number));
    const decided = await this.#readCheckpoint(checkpointPath(number));
    if (bytes === undefined || decided !== undefined) {
      // Either the head is old, because this writer was suspended, or others have just completed our commit.
      if (created === 'created') await store.remove(pendingPath(number));
      const next = this.#checkpointOf(plan, grow(head.tree, entries).tree);
      return {
        head: await this.open(),
        ours: decided !== undefined && checkpointText(decided.checkpoint) === checkpointText(next),
        asked: [],
      };
    }
    const pending = decodePending(bytes);
    if (pending.size !== head.tree.size || !sameBytes(pending.root, head.tree.root)) {
      throw new LogError(
        'LOG_DAMAGED',
        `${pendingPath(number)} does not continue the tree of the checkpoint before it`,
      );
    }
    const ours = sameBytes(bytes, wanted);
    return { ...(await this.#complete(head.tree, pending, ours ? meanwhile : {})), ours };
  }

  #plan({ checkpoint, tree }: LogHead, number: number, entries: readonly Uint8Array[]): Pending {
    const { nowMs, dueAfterS } = this.#options;
    // A clock that was set back must not set back the time of the log.
    const time = Math.max(Math.floor(nowMs() / 1000), checkpoint?.time ?? 0);
    const due = dueAfterS === undefined ? {} : { due: time + dueAfterS };
    return { number, time, ...due, size: tree.size, root: tree.root, entries };
  }

  async #complete(tree: Tree, pending: Pending, meanwhile: Meanwhile): Promise<Omit<Commit, 'ours'>> {
    const { store, signer } = this.#options;
    const { number, entries } = pending;
    const growth = grow(tree, entries);
    const grown = tilesOfGrowth(tree, growth);
    const reader: HashReader = { read: (path) => Promise.resolve(grown.get(path) ?? store.read(path)) };
    const { proof, tiles } = await proveGrowth(reader, tree, growth.tree);
    const checkpoint = this.#checkpointOf(pending, growth.tree);
    const note = Buffer.from(await signCheckpoint(checkpoint, signer, this.#key));
    const proofFrom = async (size: number): Promise<readonly Uint8Array[]> =>
      size === tree.size ? proof : new TileHashes(reader, checkpoint.size).consistencyProof(size);
    const cosigned = this.#cosign({ head: checkpoint, checkpoint: note, before: tree.size, proof: proofFrom });
    const storing = this.#store(growth, tiles, checkpoint, note);
    const stored = storing.then(
      (kept) => sameBytes(kept, note),
      () => false,
    );
    meanwhile.signed?.({ number, bytes: note, stored });
    const kept = await storing;
    const head = { checkpoint, tree: growth.tree };
    const [{ lines, asked }] = await Promise.all([
      this.#keepCosignatures(number, cosigned),
      store.remove(pendingPath(number)),
      meanwhile.stored?.(head),
    ]);
    await this.#publish(kept, lines);
    // Others may have committed meanwhile, and then `checkpoint` was just set back.
    const isOutdated = (await store.read(checkpointPath(number + 1))) !== undefined;
    return { head: isOutdated ? await this.open() : head, asked };
  }

  /**
   * Stores tiles and bundles, and then the checkpoint. `tiles`: what its proof was made from. Resolves to the stored note,
   * which another writer may have signed.
   */
  async #store(
    growth: Growth,
    tiles: ReadonlyMap<string, Uint8Array>,
    checkpoint: Checkpoint & { readonly number: number },
    note: Uint8Array,
  ): Promise<Uint8Array> {
    await this.#write(growth);
    await this.#assertStored(tiles);
    const created = await this.#options.store.create(checkpointPath(checkpoint.number), note);
    return created === 'created' ? note : (await this.#sameCheckpoint(checkpoint)).bytes;
  }

  /** Stores the cosignatures once they are there. */
  async #keepCosignatures(number: number, cosigned: Promise<Cosigned>): Promise<Cosigned> {
    const { lines, asked } = await cosigned;
    if (lines !== '') await this.#options.store.create(cosignaturesPath(number), Buffer.from(lines));
    return { lines, asked };
  }

  /** Asks the witnesses, which are given nothing that is not decided by durable entries. Never rejects. */
  async #cosign(request: CosignRequest): Promise<Cosigned> {
    return (await this.#options.witnesses?.cosign(request)) ?? { lines: '', asked: [] };
  }

  /**
   * Writes the object `checkpoint`: the note, followed by the signature lines of witnesses. Comes last, so that the
   * object shows whether all is done.
   */
  async #publish(note: Uint8Array, cosignatures: string | Uint8Array): Promise<void> {
    await this.#options.store.replace(NEWEST_CHECKPOINT, Buffer.concat([note, Buffer.from(cosignatures)]));
  }

  async #lastListed(): Promise<string> {
    let last = 0;
    for await (const path of this.#options.store.list(CHECKPOINTS)) last = Math.max(last, checkpointNumber(path) ?? 0);
    return checkpointPath(last);
  }

  #checkpointOf({ number, time, due }: Pending, { size, root }: Tree): Checkpoint & { number: number; time: number } {
    const { origin } = this.#options;
    return { origin, size, root, number, time, ...(due === undefined ? {} : { due }) };
  }

  /**
   * Reads the checkpoint that another writer signed meanwhile. Rejects when it differs from ours: that would be a fork.
   */
  async #sameCheckpoint(checkpoint: Checkpoint & { readonly number: number }): Promise<Stored> {
    const path = checkpointPath(checkpoint.number);
    const stored = await this.#readCheckpoint(path);
    if (stored === undefined || checkpointText(stored.checkpoint) !== checkpointText(checkpoint)) {
      throw new LogError('LOG_DAMAGED', `${path} does not follow from the log and its pending entries`);
    }
    return stored;
  }

  /**
   * Writes tiles once. An existing tile must equal ours: a writer of the same commit wrote it, or the log is damaged.
   */
  async #write({ writes }: Growth): Promise<void> {
    const { store } = this.#options;
    for (let at = 0; at < writes.length; at += CONCURRENT_WRITES) {
      await Promise.all(
        writes.slice(at, at + CONCURRENT_WRITES).map(async ({ path, bytes }) => {
          if ((await store.create(path, bytes)) === 'created') return;
          const there = await store.read(path);
          if (there === undefined || !sameBytes(there, bytes)) {
            throw new LogError('LOG_DAMAGED', `${path} exists and has other content`);
          }
        }),
      );
    }
  }

  /** Compares stored tiles with those that a checkpoint was made from: readers must be able to prove that the log only grew. */
  async #assertStored(tiles: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await Promise.all(
      Array.from(tiles, async ([path, bytes]) => {
        const there = await this.#options.store.read(path);
        if (there !== undefined && sameBytes(there, bytes)) return;
        throw new LogError('LOG_DAMAGED', `No checkpoint was stored: ${path} is absent or not what was written`);
      }),
    );
  }

  async #readCheckpoint(path: string): Promise<Stored | undefined> {
    const bytes = await this.#options.store.read(path);
    if (bytes === undefined) return undefined;
    const note = parseNote(bytes);
    const { valid } = await verifyNote(note, this.#keys);
    if (valid.length === 0) {
      throw new LogError('LOG_KEY_UNKNOWN', `${path} has no valid signature of a given key`);
    }
    const { number, time, ...checkpoint } = parseCheckpoint(note.text);
    if (checkpoint.origin !== this.#options.origin || number === undefined || time === undefined) {
      throw new LogError('LOG_DAMAGED', `${path} is not a checkpoint of this log`);
    }
    if (path !== NEWEST_CHECKPOINT && path !== checkpointPath(number)) {
      throw new LogError('LOG_DAMAGED', `${path} holds checkpoint ${number}`);
    }
    return { checkpoint: { ...checkpoint, number, time }, bytes: Buffer.from(formatNote(note)) };
  }
}

interface Stored {
  readonly checkpoint: Checkpoint & { readonly number: number; readonly time: number };
  readonly bytes: Uint8Array;
}

/**
 * Proves that the tree before is a prefix of the one after, before anything is signed. Returns the proof, and the tiles
 * that it and the root consist of. Rejects with `LogError` `LOG_DAMAGED`.
 */
async function proveGrowth(
  reader: HashReader,
  before: Tree,
  after: Tree,
): Promise<{ readonly proof: readonly Uint8Array[]; readonly tiles: ReadonlyMap<string, Uint8Array> }> {
  const tiles = new Map<string, Uint8Array>();
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const bytes = await reader.read(path);
    if (bytes !== undefined) tiles.set(path, bytes);
    return bytes;
  };
  const hashes = new TileHashes({ read }, after.size);
  const root = after.size === 0 ? EMPTY_ROOT : await hashes.root();
  const proof = before.size === after.size ? [] : await hashes.consistencyProof(before.size);
  if (sameBytes(root, after.root) && isConsistent(before, after, proof)) return { proof, tiles };
  throw new LogError('LOG_DAMAGED', 'Nothing was signed: the tiles do not prove that the log only grew');
}
