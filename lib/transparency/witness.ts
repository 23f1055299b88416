// A witness (C2SP tlog-witness): cosigns a checkpoint of a log that it knows if the checkpoint continues every one that
// it cosigned before.
//
// The witness cannot be rolled back or split, without a lock and without trust in a clock, for the reason that keeps the
// log itself from forking: `create` succeeds once for a path. The checkpoint that follows the tree of n leaves is the
// object <origin>/<n>, so every size has one successor, and the objects form one chain of consistent trees. It is
// durable before the cosignature leaves. The object <origin>/checkpoint only says where to begin to look, and is written
// when the same tree is cosigned again and after some steps; a witness that slept may set it back, and the walk from
// there ends at the same tree.
import { toHex } from '../base/bytes.ts';
import { parseAddCheckpoint, SIZE_TYPE, type AddCheckpoint } from './add-checkpoint.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { cosign, type WitnessKey, witnessKey } from './cosignature.ts';
import { LogError } from './errors.ts';
import { EMPTY_ROOT, sha256 } from './hashes.ts';
import { formatNote, formatSignatures, type Note, type NoteKey, parseNote, verifyNote } from './note.ts';
import type { CheckpointSigner, TileStore } from './ports.ts';
import { isConsistent, type TreeHead } from './proofs.ts';
import { indexPath } from './tiles.ts';

export interface WitnessOptions {
  /** Name of the witness in its signature lines: a URL without a scheme, by custom. */
  readonly name: string;
  /** An Ed25519 key that signs nothing else. */
  readonly signer: CheckpointSigner;
  /** The keys of the logs; the name of a key is the origin of its log. */
  readonly logs: readonly NoteKey[];
  /** Where the witness remembers what it cosigned. */
  readonly store: TileStore;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
}

/** An HTTP answer. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
  /** Origin of the log, of answers to `add-checkpoint` for a log that is known here. */
  readonly log?: string;
}

const TEXT = 'text/plain; charset=utf-8';

/** The object with a recent checkpoint of a log, in the folder of the log. */
const RECENT = 'checkpoint';
/** How many steps may lie behind that object: what a witness that starts has to read. */
const MAX_STEPS = 16;

/** A cosigned checkpoint. */
interface Kept {
  readonly head: TreeHead;
  readonly note: Note;
  /** Steps from the recent checkpoint to this one. */
  readonly steps: number;
}

/** Tells whether a store should protect an object of a witness from being overwritten or deleted for years. */
export function isWitnessEvidence(path: string): boolean {
  return !path.endsWith(`/${RECENT}`);
}

/** Returns the folder of a log: the SHA-256 of its origin in lower-case hexadecimal. */
export function originHash(origin: string): string {
  return toHex(sha256(origin));
}

export class Witness {
  readonly key: WitnessKey;
  readonly #options: WitnessOptions;
  /** The newest checkpoint that this instance knows of, by folder. Another instance may know later ones. */
  readonly #newest = new Map<string, Kept>();

  /** Throws `LogError` `LOG_MALFORMED` for a name or key that no witness can have. */
  constructor(options: WitnessOptions) {
    this.#options = options;
    this.key = witnessKey(options.name, options.signer.publicKey);
  }

  /**
   * Answers `add-checkpoint`. Resolves to 200 with the cosignature once the checkpoint is durable. Rejects with the
   * `LogError` of store or signer, and `LOG_DAMAGED`; then nothing was cosigned, and the same request may be repeated.
   */
  async addCheckpoint(body: Uint8Array): Promise<WitnessAnswer> {
    try {
      return await this.#add(parseAddCheckpoint(body));
    } catch (error) {
      if (error instanceof LogError && error.code === 'LOG_MALFORMED') return refusal(400, error.message);
      throw error;
    }
  }

  /** Returns the newest cosigned checkpoint of the log with this origin hash; 404 where there is none. */
  async checkpoint(hash: string): Promise<WitnessAnswer> {
    const isKnown = this.#options.logs.some(({ name }) => originHash(name) === hash);
    const newest = isKnown ? await this.#walk(hash, await this.#read(`${hash}/${RECENT}`, 0)) : undefined;
    return newest === undefined ? refusal(404, 'No checkpoint of this log was cosigned') : ok(formatNote(newest.note));
  }

  async #add({ old, proof, note }: AddCheckpoint & { readonly note: Note }): Promise<WitnessAnswer> {
    const checkpoint = parseCheckpoint(note.text);
    const keys = this.#options.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return refusal(404, 'The log is not known here');
    const { valid, wrong } = await verifyNote(note, keys);
    if (valid.length === 0 || wrong.length > 0) return refusal(403, 'No known key of the log signed the checkpoint');
    if (old > checkpoint.size) return refusal(400, 'The old size must not be above that of the checkpoint');
    const signed = note.signatures.filter(({ name, id }) => valid.some((key) => key.name === name && key.id === id));
    const answer = await this.#continue({ old, proof }, checkpoint, { text: note.text, signatures: signed });
    return { ...answer, log: checkpoint.origin };
  }

  async #continue({ old, proof }: AddCheckpoint, next: Checkpoint, note: Note): Promise<WitnessAnswer> {
    const { store, signer, nowMs } = this.#options;
    const folder = originHash(next.origin);
    // Before the state is read: the statement holds as of then, whatever another instance cosigns meanwhile.
    const time = Math.floor(nowMs() / 1000);
    const newest = await this.#newestOf(folder);
    const known: TreeHead = newest?.head ?? { size: 0, root: EMPTY_ROOT };
    if (old !== known.size) return conflict(known.size);
    if (!isConsistent(known, next, proof)) {
      return refusal(422, `The proof does not show that the checkpoint continues the tree of ${known.size} leaves`);
    }
    const cosignature = await cosign(note.text, time, signer, this.key);
    const bytes = Buffer.from(formatNote({ text: note.text, signatures: [...note.signatures, cosignature] }));
    const path = `${folder}/${indexPath(known.size)}`;
    const grows = next.size > known.size;
    const isFirst = grows ? (await store.create(path, bytes)) === 'created' : (await store.read(path)) === undefined;
    if (!isFirst) return conflict((await this.#newestOf(folder))?.head.size ?? 0);
    const steps = grows ? (newest?.steps ?? 0) + 1 : MAX_STEPS;
    if (steps >= MAX_STEPS) await store.replace(`${folder}/${RECENT}`, bytes);
    if (grows) this.#newest.set(folder, { head: next, note, steps: steps % MAX_STEPS });
    return ok(formatSignatures([cosignature]));
  }

  /** Reads the largest cosigned checkpoint of a log, from the newest that this instance knows. */
  async #newestOf(folder: string): Promise<Kept | undefined> {
    const newest = await this.#walk(folder, this.#newest.get(folder) ?? (await this.#read(`${folder}/${RECENT}`, 0)));
    if (newest !== undefined) this.#newest.set(folder, newest);
    return newest;
  }

  /** Follows the chain of cosigned checkpoints to its end. */
  async #walk(folder: string, from: Kept | undefined): Promise<Kept | undefined> {
    let newest = from;
    for (;;) {
      const size = newest?.head.size ?? 0;
      const next = await this.#read(`${folder}/${indexPath(size)}`, (newest?.steps ?? 0) + 1);
      if (next === undefined) return newest;
      if (next.head.size <= size) throw new LogError('LOG_DAMAGED', `${folder} holds a tree that follows a larger one`);
      newest = next;
    }
  }

  async #read(path: string, steps: number): Promise<Kept | undefined> {
    const bytes = await this.#options.store.read(path);
    if (bytes === undefined) return undefined;
    try {
      const note = parseNote(bytes);
      return { head: parseCheckpoint(note.text), note, steps };
    } catch {
      throw new LogError('LOG_DAMAGED', `${path} of the witness is no checkpoint`);
    }
  }
}

function ok(body: string): WitnessAnswer {
  return { status: 200, type: TEXT, body };
}

function refusal(status: 400 | 403 | 404 | 422, message: string): WitnessAnswer {
  return { status, type: TEXT, body: `${message}\n` };
}

function conflict(size: number): WitnessAnswer {
  return { status: 409, type: SIZE_TYPE, body: `${size}\n` };
}
