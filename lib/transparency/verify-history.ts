// Verifies all checkpoints of a log: signatures, numbers, order and times. verify-tree.ts verifies the tree.
import { isoTime, laterThanNow } from '../base/clock.ts';
import { type Checkpoint, checkpointText, parseCheckpoint } from './checkpoint.ts';
import { LogError } from './errors.ts';
import { type KeyInUse, type LogFinding, outsideUse } from './findings.ts';
import { CHECKPOINTS, checkpointNumber, checkpointPath, NEWEST_CHECKPOINT } from './layout.ts';
import { type Note, parseNote, verifyNote } from './note.ts';
import type { TileReader } from './ports.ts';

/** A checkpoint with a valid signature. */
export interface SignedHead extends Checkpoint {
  /** Where it is stored. */
  readonly path: string;
  readonly note: Note;
}

/** An authentic checkpoint with a number and a time, as ours have. */
interface Dated extends SignedHead {
  readonly number: number;
  readonly time: number;
}

const CONCURRENT_READS = 16;
/** How long a writer may take from a checkpoint to its copy in `checkpoint`, seconds. */
const SETTLED_AFTER_S = 600;

/** What a verifier knows of a log beforehand. */
export interface Promised {
  /** Epoch seconds: tells whether the next checkpoint is overdue. @default - an overdue checkpoint is not detected */
  readonly now?: number | undefined;
  /** Epoch seconds: what is dated later is a finding. @default - `now` */
  readonly latest?: number | undefined;
  /** The longest time from a checkpoint to the next, seconds. @default - what each checkpoint promises itself */
  readonly everyS?: number | undefined;
  /** Number of checkpoints that the log had before. @default 0 */
  readonly checkpoints?: number | undefined;
}

export class History {
  /** Authentic checkpoints, by number. */
  readonly #checkpoints: Dated[] = [];
  /** Numbers whose path holds an object. */
  readonly #taken = new Set<number>();
  readonly #findings: LogFinding[] = [];
  readonly #keys: readonly KeyInUse[];
  readonly #promised: Promised;

  private constructor(keys: readonly KeyInUse[], promised: Promised) {
    this.#keys = keys;
    this.#promised = promised;
  }

  /** Reads all checkpoints of a log and checks each on its own. */
  static async read(reader: TileReader, keys: readonly KeyInUse[], promised: Promised = {}): Promise<History> {
    const history = new History(keys, promised);
    let paths: string[] = [];
    const readPaths = async (): Promise<void> => {
      const all = await Promise.all(paths.map(async (path) => [path, await reader.read(path)] as const));
      for (const [path, bytes] of all) if (bytes !== undefined) await history.#add(path, bytes);
      paths = [];
    };
    for await (const path of reader.list(CHECKPOINTS)) {
      paths.push(path);
      if (paths.length === CONCURRENT_READS) await readPaths();
    }
    await readPaths();
    history.#checkpoints.sort((a, b) => a.number - b.number);
    await history.#newest(await reader.read(NEWEST_CHECKPOINT));
    return history;
  }

  /** Authentic checkpoints, by number. */
  get checkpoints(): readonly SignedHead[] {
    return this.#checkpoints;
  }

  /** Those that are no `forked` ones, by number. */
  dated(forked: ReadonlySet<SignedHead>): readonly Dated[] {
    return this.#checkpoints.filter((each) => !forked.has(each));
  }

  /** The newest authentic checkpoint. */
  get newest(): SignedHead | undefined {
    return this.#checkpoints.at(-1);
  }

  /**
   * Returns the findings about single checkpoints, numbers, order and times; those about `forked` ones are reported
   * elsewhere. `known`: authentic checkpoints that are stored elsewhere, whose promises bind the log too.
   */
  findings(
    forked: ReadonlySet<SignedHead>,
    now: number | undefined,
    known: readonly SignedHead[] = [],
  ): readonly LogFinding[] {
    const found = [...this.#findings];
    let before: Dated | undefined;
    for (const checkpoint of this.#checkpoints) {
      const { path, number, size, time } = checkpoint;
      const last = before?.number ?? -1;
      const hole = this.#hole(last + 1, number - 1);
      if (hole !== undefined) found.push(hole);
      if (before !== undefined && number === last + 1 && before.due !== undefined && time > before.due) {
        const detail = `The previous checkpoint promised this one by ${isoTime(before.due)}; it was signed at ${isoTime(time)}`;
        found.push({ kind: 'gap', path, detail });
      }
      if (forked.has(checkpoint)) continue;
      if (before !== undefined && (size < before.size || time < before.time)) {
        const what =
          size < before.size ? `${before.size} leaves, this one has ${size}` : `the time ${isoTime(before.time)}`;
        found.push({ kind: 'rolled-back', path, detail: `An earlier checkpoint has ${what}` });
        continue;
      }
      before = checkpoint;
    }
    return [...found, ...this.#fewer(), ...this.#overdue([...(before === undefined ? [] : [before]), ...known], now)];
  }

  /** Returns the finding that the log has fewer checkpoints than it had, if so. */
  #fewer(): readonly LogFinding[] {
    const { checkpoints = 0 } = this.#promised;
    const present = (this.newest?.number ?? -1) + 1;
    if (present >= checkpoints) return [];
    const detail = `The log had ${checkpoints} checkpoints, and ends after ${present}`;
    return [{ kind: 'missing', path: checkpointPath(checkpoints - 1), detail }];
  }

  /** Returns the finding that the checkpoint after the newest of `heads` is overdue, if so. */
  #overdue(heads: readonly SignedHead[], now: number | undefined): readonly LogFinding[] {
    const { everyS } = this.#promised;
    if (now === undefined) return [];
    const newest = heads.filter(isDated).reduce<Dated | undefined>(laterOf, undefined);
    if (newest === undefined) {
      const detail = `The log promises a checkpoint every ${everyS} seconds, and there is none`;
      return everyS === undefined ? [] : [{ kind: 'gap', path: NEWEST_CHECKPOINT, detail }];
    }
    const due = Math.min(newest.due ?? Number.POSITIVE_INFINITY, newest.time + (everyS ?? Number.POSITIVE_INFINITY));
    if (now <= due) return [];
    const detail = `It promised the next one by ${isoTime(due)}, and there is none: the end of the log was cut off, or sealing stopped`;
    return [{ kind: 'gap', path: newest.path, detail }];
  }

  /** Reads an authentic checkpoint; otherwise adds a finding and returns undefined. */
  async authentic(path: string, bytes: Uint8Array): Promise<SignedHead | undefined> {
    try {
      const note = parseNote(bytes);
      const checkpoint = parseCheckpoint(note.text);
      const ofLog = this.#keys.filter(({ key }) => key.name === checkpoint.origin);
      const { valid, wrong } = await verifyNote(
        note,
        ofLog.map(({ key }) => key),
      );
      if (wrong.length > 0) return this.#refuse(path, 'modified', 'The signature does not match the checkpoint');
      const uses = ofLog.filter(({ key }) => valid.includes(key)).map((use) => outsideUse(checkpoint.time, use));
      const later = laterThanNow(checkpoint.time ?? 0, this.#promised.latest ?? this.#promised.now);
      if (later !== undefined) this.#refuse(path, 'later-than-now', later);
      if (uses.includes(undefined)) return { ...checkpoint, path, note };
      return this.#refuse(path, 'unknown-key', uses[0] ?? `Signed by none of the given keys: ${signersOf(note)}`);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      return this.#refuse(path, 'malformed', error.message);
    }
  }

  async #add(path: string, bytes: Uint8Array): Promise<void> {
    const number = checkpointNumber(path);
    if (number !== undefined) this.#taken.add(number);
    const head = await this.authentic(path, bytes);
    if (head === undefined) return;
    if (!isDated(head)) {
      this.#refuse(path, 'malformed', 'The checkpoint has no number and no time');
    } else if (head.number !== number) {
      this.#refuse(path, 'moved', `This is checkpoint ${head.number}`);
      this.#lost.push(head);
    } else {
      if (head.note.signatures.some(({ name }) => name !== head.origin)) {
        this.#refuse(path, 'moved', 'It holds signatures of others than the log, whose place is the object checkpoint');
      }
      this.#checkpoints.push(head);
    }
  }

  /** Authentic checkpoints under a wrong path: they count where their own path is empty. */
  readonly #lost: Dated[] = [];

  async #newest(bytes: Uint8Array | undefined): Promise<void> {
    for (const head of this.#lost) this.#insert(head);
    const last = this.#checkpoints.at(-1);
    if (bytes === undefined) {
      const what = last === undefined ? 'The log holds no checkpoint' : `It should hold checkpoint ${last.number}`;
      this.#refuse(NEWEST_CHECKPOINT, 'missing', what);
      return;
    }
    const head = await this.authentic(NEWEST_CHECKPOINT, bytes);
    if (head === undefined) return;
    if (!isDated(head)) {
      this.#refuse(NEWEST_CHECKPOINT, 'malformed', 'The checkpoint has no number and no time');
    } else if (last === undefined || head.number > last.number) {
      const hole = this.#hole((last?.number ?? -1) + 1, head.number);
      if (hole !== undefined) this.#findings.push(hole);
      for (let number = (last?.number ?? -1) + 1; number < head.number; number++) this.#taken.add(number);
      this.#checkpoints.push(head);
    } else if (head.number < last.number) {
      const detail = `It holds checkpoint ${head.number}, although checkpoint ${last.number} exists`;
      // The object is written last, so a crash leaves it one checkpoint behind until the next run.
      const isUnderWay = (this.#promised.now ?? 0) - last.time <= SETTLED_AFTER_S;
      const note = head.number === last.number - 1 && isUnderWay ? ({ note: true } as const) : {};
      this.#findings.push({ kind: 'rolled-back', ...note, path: NEWEST_CHECKPOINT, detail });
    } else if (checkpointText(head) !== checkpointText(last)) {
      this.#refuse(NEWEST_CHECKPOINT, 'forked', `It differs from the stored checkpoint ${head.number}`);
    }
  }

  #insert(head: Dated): void {
    const at = this.#checkpoints.findIndex(({ number }) => number >= head.number);
    if (this.#checkpoints[at]?.number === head.number) return;
    this.#checkpoints.splice(at === -1 ? this.#checkpoints.length : at, 0, head);
  }

  /** Returns the finding about absent checkpoints `from` to `to`, if any. */
  #hole(from: number, to: number): LogFinding | undefined {
    const absent: number[] = [];
    for (let number = from; number <= to; number++) if (!this.#taken.has(number)) absent.push(number);
    const [first] = absent;
    if (first === undefined) return undefined;
    const more = absent.length > 1 ? ` and ${absent.length - 1} after it` : '';
    return { kind: 'missing', path: checkpointPath(first), detail: `Checkpoint ${first}${more} is missing` };
  }

  #refuse(path: string, kind: LogFinding['kind'], detail: string): undefined {
    this.#findings.push({ kind, path, detail });
  }
}

/** Returns the one that was signed later. */
function laterOf(one: Dated | undefined, other: Dated): Dated {
  return one === undefined || other.time > one.time ? other : one;
}

function isDated(head: SignedHead): head is Dated {
  return head.number !== undefined && head.time !== undefined;
}

function signersOf({ signatures }: { readonly signatures: readonly { name: string; id: string }[] }): string {
  return signatures.map(({ name, id }) => `${name}+${id}`).join(', ');
}
