// A log that grows by commits. One commit is one checkpoint, which may add entries or only say that nothing happened.
//
// What keeps it from forking, without a lock and without trusting a clock: commit k is decided by whoever creates the object
// pending/k, and `create` succeeds once. From then on every writer that finds it does the same: the tiles follow from the
// committed tree and the pending entries byte for byte, then checkpoint k is signed and created. A crash anywhere leaves either
// nothing, or a pending object that the next writer completes. pending/k is removed after checkpoint k is there, so a writer
// that was asleep may create it again; that is why it looks for checkpoint k after it has seen pending/k, and never before.

import { type Checkpoint, checkpointText, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { LogError } from './errors.ts';
import { EMPTY_TREE, grow, type Growth, readTree, type Tree } from './growth.ts';
import { EMPTY_ROOT, sameBytes } from './hashes.ts';
import { CHECKPOINTS, checkpointNumber, checkpointPath, NEWEST_CHECKPOINT, pendingPath } from './layout.ts';
import { formatNote, noteKey, type NoteKey, parseNote, verifyNote } from './note.ts';
import { decodePending, encodePending, type Pending } from './pending.ts';
import type { CheckpointSigner, TileStore } from './ports.ts';
import { isConsistent } from './proofs.ts';
import { TileHashes } from './tile-hashes.ts';

export interface LogWriterOptions {
  readonly store: TileStore;
  readonly signer: CheckpointSigner;
  /** Names the log for ever: the first line of its checkpoints and the name of its keys. */
  readonly origin: string;
  /**
   * Keys that may have signed the newest checkpoint, besides the signer's: those before a rotation.
   *
   * @default - none
   */
  readonly formerKeys?: readonly NoteKey[];
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /**
   * Each checkpoint promises another one within this time.
   *
   * @default - no promise is made
   */
  readonly dueAfterS?: number;
}

/** The newest checkpoint and the tree under it. */
export interface LogHead {
  /** Undefined before the first checkpoint. */
  readonly checkpoint: (Checkpoint & { readonly number: number; readonly time: number }) | undefined;
  readonly tree: Tree;
}

/** What a commit came to. */
export interface Commit {
  readonly head: LogHead;
  /** False when another writer's commit came first: `head` is the result of that one, or of a later one, without our entries. */
  readonly ours: boolean;
}

/** Objects written at the same time. */
const CONCURRENT_WRITES = 16;

/** Appends to one log. Any number of writers may do so at the same time; one of them goes on, the others are told to look again. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #key: NoteKey;
  readonly #keys: readonly NoteKey[];

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#key = noteKey(options.origin, options.signer.publicKey);
    this.#keys = [this.#key, ...(options.formerKeys ?? [])];
  }

  /** The key that checkpoints are signed with now. */
  get key(): NoteKey {
    return this.#key;
  }

  /**
   * The newest checkpoint, its signature and its right edge verified. Rejects with `LogError`: `LOG_DAMAGED`,
   * `LOG_KEY_UNKNOWN`, or what the store rejects with.
   */
  async open(): Promise<LogHead> {
    const { store } = this.#options;
    const named = await this.#readCheckpoint(NEWEST_CHECKPOINT);
    // The object `checkpoint` is written last: after a crash, or when it was put back, it is behind.
    let newest = named ?? (await this.#readCheckpoint(await this.#lastListed()));
    for (;;) {
      const next = await this.#readCheckpoint(checkpointPath((newest?.checkpoint.number ?? -1) + 1));
      if (next === undefined) break;
      newest = next;
    }
    if (newest === undefined) return { checkpoint: undefined, tree: EMPTY_TREE };
    const { checkpoint } = newest;
    if (newest !== named) await this.#tidy(checkpoint.number, newest.bytes);
    return { checkpoint, tree: await readTree(store, checkpoint.size, checkpoint.root) };
  }

  /**
   * Adds `entries` behind `head` and resolves to the signed result, or finishes what another writer has begun there. Rejects with
   * `LogError`; whether the entries were added is then known after the next `open`, which must also be asked before any retry.
   */
  async commit(head: LogHead, entries: readonly Uint8Array[]): Promise<Commit> {
    const { store } = this.#options;
    const number = (head.checkpoint?.number ?? -1) + 1;
    const plan = this.#plan(head, number, entries);
    const wanted = encodePending(plan);
    const created = await store.create(pendingPath(number), wanted);
    const bytes = created === 'created' ? wanted : await store.read(pendingPath(number));
    const decided = await this.#readCheckpoint(checkpointPath(number));
    if (bytes === undefined || decided !== undefined) {
      // Either that was long ago, and we were asleep since we read the head; or others have completed what we had just begun.
      if (created === 'created') await store.remove(pendingPath(number));
      const next = this.#checkpointOf(plan, grow(head.tree, entries).tree);
      return {
        head: await this.open(),
        ours: decided !== undefined && checkpointText(decided.checkpoint) === checkpointText(next),
      };
    }
    const pending = decodePending(bytes);
    if (pending.size !== head.tree.size || !sameBytes(pending.root, head.tree.root)) {
      throw new LogError(
        'LOG_DAMAGED',
        `${pendingPath(number)} was begun behind another tree than that of its checkpoint`,
      );
    }
    const checkpoint = await this.#complete(head.tree, pending);
    return { head: checkpoint, ours: sameBytes(bytes, wanted) };
  }

  #plan({ checkpoint, tree }: LogHead, number: number, entries: readonly Uint8Array[]): Pending {
    const { nowMs, dueAfterS } = this.#options;
    // A clock that was set back must not make the log say so.
    const time = Math.max(Math.floor(nowMs() / 1000), checkpoint?.time ?? 0);
    const due = dueAfterS === undefined ? {} : { due: time + dueAfterS };
    return { number, time, ...due, size: tree.size, root: tree.root, entries };
  }

  async #complete(tree: Tree, pending: Pending): Promise<LogHead> {
    const { store, signer } = this.#options;
    const { number, entries } = pending;
    const growth = grow(tree, entries);
    await this.#write(growth);
    await this.#prove(tree, growth.tree);
    const checkpoint = this.#checkpointOf(pending, growth.tree);
    const note = Buffer.from(await signCheckpoint(checkpoint, signer, this.#key));
    const created = await store.create(checkpointPath(number), note);
    const kept = created === 'created' ? note : (await this.#sameCheckpoint(checkpoint)).bytes;
    await this.#tidy(number, kept);
    // Others may have gone on meanwhile, and then that was a step back for the object `checkpoint`.
    if ((await store.read(checkpointPath(number + 1))) !== undefined) return this.open();
    return { checkpoint, tree: growth.tree };
  }

  /** What is left to do once a checkpoint is there. The object `checkpoint` comes last, so that it tells whether all was done. */
  async #tidy(number: number, note: Uint8Array): Promise<void> {
    await this.#options.store.remove(pendingPath(number));
    await this.#options.store.replace(NEWEST_CHECKPOINT, note);
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

  /** Another writer signed the same while we did. Anything else would be a fork, and is refused. */
  async #sameCheckpoint(checkpoint: Checkpoint & { readonly number: number }): Promise<Stored> {
    const path = checkpointPath(checkpoint.number);
    const stored = await this.#readCheckpoint(path);
    if (stored === undefined || checkpointText(stored.checkpoint) !== checkpointText(checkpoint)) {
      throw new LogError('LOG_DAMAGED', `${path} is not what follows from the log and its pending entries`);
    }
    return stored;
  }

  /** Tiles are written once. One that is there already was written by a writer of this very commit, or it is damage. */
  async #write({ writes }: Growth): Promise<void> {
    const { store } = this.#options;
    for (let at = 0; at < writes.length; at += CONCURRENT_WRITES) {
      await Promise.all(
        writes.slice(at, at + CONCURRENT_WRITES).map(async ({ path, bytes }) => {
          if ((await store.create(path, bytes)) === 'created') return;
          const there = await store.read(path);
          if (there === undefined || !sameBytes(there, bytes)) {
            throw new LogError('LOG_DAMAGED', `${path} is there already and holds something else`);
          }
        }),
      );
    }
  }

  /** Nothing is signed before the stored tiles prove that the tree under the checkpoint before is a prefix of this one. */
  async #prove(before: Tree, after: Tree): Promise<void> {
    const hashes = new TileHashes(this.#options.store, after.size);
    const root = after.size === 0 ? EMPTY_ROOT : await hashes.root();
    const proof = before.size === after.size ? [] : await hashes.consistencyProof(before.size);
    if (sameBytes(root, after.root) && isConsistent(before, after, proof)) return;
    throw new LogError('LOG_DAMAGED', 'The stored tiles do not prove that the log only grew: nothing was signed');
  }

  async #readCheckpoint(path: string): Promise<Stored | undefined> {
    const bytes = await this.#options.store.read(path);
    if (bytes === undefined) return undefined;
    const note = parseNote(bytes);
    const { valid } = verifyNote(note, this.#keys);
    if (valid.length === 0) {
      throw new LogError('LOG_KEY_UNKNOWN', `${path} is signed by no key that was given, or not rightly`);
    }
    const { number, time, ...checkpoint } = parseCheckpoint(note.text);
    if (checkpoint.origin !== this.#options.origin || number === undefined || time === undefined) {
      throw new LogError('LOG_DAMAGED', `${path} is no checkpoint of this log`);
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
