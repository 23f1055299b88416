// What the witnesses of a policy have seen of a log whose checkpoints verify-log.ts has verified.
import { concat, utf8 } from '../base/bytes.ts';
import { isoTime, laterThanNow } from '../base/clock.ts';
import { concurrently } from '../base/concurrently.ts';
import { type Cosignature, verifyCosignatures, type WitnessKey } from './cosignature.ts';
import type { LogFinding } from './findings.ts';
import { COSIGNATURES, cosignaturesNumber, NEWEST_CHECKPOINT } from './layout.ts';
import { type Note, parseNote } from './note.ts';
import type { TileReader } from './ports.ts';
import { namingUnreadable } from './unreadable.ts';
import type { SignedHead } from './verify-history.ts';
import type { WitnessPolicy } from './witness-policy.ts';

/** A cosigned checkpoint, and when the witness signed, epoch seconds. */
export interface Seen {
  readonly number: number;
  readonly size: number;
  readonly time: number;
}

/** What one witness has seen. Members are absent for a witness that has cosigned nothing. */
export interface WitnessSight {
  /** Name in the policy. */
  readonly name: string;
  readonly verifierKey: string;
  /** Number of checkpoints with a valid cosignature of this witness. */
  readonly checkpoints: number;
  readonly since?: Seen;
  readonly newest?: Seen;
}

export interface WitnessReport {
  /** Name of the quorum in the policy. */
  readonly quorum: string;
  readonly witnesses: readonly WitnessSight[];
  /** The newest checkpoint that a quorum has cosigned, itself or by a later one. */
  readonly witnessed?: { readonly number: number; readonly size: number };
  readonly findings: readonly LogFinding[];
}

export interface VerifyWitnessesOptions {
  readonly reader: TileReader;
  readonly policy: WitnessPolicy;
  /** Verified checkpoints that are prefixes of the present tree. */
  readonly heads: readonly SignedHead[];
  /** Epoch seconds. @default - every checkpoint without a quorum is a finding, however new */
  readonly now?: number | undefined;
  /** Epoch seconds: a cosignature dated later is a finding and does not count. @default - `now` */
  readonly latest?: number | undefined;
}

const CONCURRENT_READS = 16;
/** How long a log without a promised checkpoint may wait for cosignatures, seconds. */
const PENDING_S = 60;

/**
 * Verifies every cosignature of the policy's witnesses, and that a quorum covers the newest checkpoint. A cosignature
 * covers all earlier checkpoints, which are prefixes of the cosigned one. Findings: `modified` for a cosignature that
 * does not match its checkpoint, `later-than-now`, `malformed`, `unreadable`, and `unwitnessed`, which is a note while
 * the next checkpoint may still bring the cosignatures.
 */
export async function verifyWitnesses(options: VerifyWitnessesOptions): Promise<WitnessReport> {
  const { policy, heads, now, latest = now } = options;
  const { reader, findings: unreadable } = namingUnreadable(options.reader);
  const sights = new Sights(policy, heads, latest);
  for (const { path, note } of heads) await sights.add(path, note);
  const paths: string[] = [];
  for await (const path of reader.list(COSIGNATURES)) paths.push(path);
  const objects = [...paths.toSorted(), NEWEST_CHECKPOINT];
  const read = await concurrently(objects, CONCURRENT_READS, (path) => reader.read(path));
  for (const [at, path] of objects.entries()) await sights.read(path, read[at]);
  const { findings, ...report } = sights.report(now);
  // verify-log.ts reports the newest checkpoint itself.
  const unread = [...unreadable.values()].filter(({ path }) => path !== NEWEST_CHECKPOINT);
  return { ...report, findings: [...unread, ...findings] };
}

class Sights {
  readonly #policy: WitnessPolicy;
  readonly #latest: number | undefined;
  readonly #heads: readonly (SignedHead & { readonly number: number })[];
  readonly #byNumber: ReadonlyMap<number, SignedHead>;
  readonly #findings: LogFinding[] = [];
  /** Verifier key → number of a checkpoint → the first cosignature of it. */
  readonly #seen = new Map<string, Map<number, Seen>>();

  constructor(policy: WitnessPolicy, heads: readonly SignedHead[], latest: number | undefined) {
    this.#policy = policy;
    this.#latest = latest;
    this.#heads = heads.filter(isNumbered).toSorted((a, b) => a.number - b.number);
    this.#byNumber = new Map(this.#heads.map((head) => [head.number, head]));
  }

  /** Reads an object with signature lines. Those of a checkpoint that is absent or forked are reported elsewhere. */
  async read(path: string, bytes: Uint8Array | undefined): Promise<void> {
    if (bytes === undefined) return;
    const head = this.#byNumber.get(cosignaturesNumber(path) ?? -1);
    try {
      if (path === NEWEST_CHECKPOINT) await this.add(path, parseNote(bytes));
      else if (head !== undefined) await this.add(path, parseNote(concat([utf8(`${head.note.text}\n`), bytes])));
    } catch {
      this.#findings.push({ kind: 'malformed', path, detail: 'No signature lines of witnesses' });
    }
  }

  /** Adds the cosignatures of a note, if it is a verified checkpoint. */
  async add(path: string, note: Note): Promise<void> {
    const head = this.#heads.find(({ note: { text } }) => text === note.text);
    if (head === undefined) return;
    const { valid, wrong } = await verifyCosignatures(
      note,
      this.#policy.witnesses.map(({ key }) => key),
    );
    for (const cosignature of valid) {
      const later = laterThanNow(cosignature.time, this.#latest);
      if (later === undefined) this.#add(head, cosignature);
      else {
        const detail = `The cosignature of ${cosignature.key.name} is of no time yet. ${later}`;
        this.#findings.push({ kind: 'later-than-now', path, detail });
      }
    }
    for (const key of wrong) {
      const detail = `The cosignature of ${key.name} is not of checkpoint ${head.number} as it is stored`;
      this.#findings.push({ kind: 'modified', path, detail });
    }
  }

  report(now: number | undefined): WitnessReport {
    const { quorum, witnesses } = this.#policy;
    const witnessed = this.#witnessed();
    const open = this.#heads.filter(({ number }) => number > (witnessed?.number ?? -1));
    return {
      quorum,
      witnesses: witnesses.map(({ name, key }) => ({ name, verifierKey: key.verifierKey, ...this.#sightOf(key) })),
      ...(witnessed && { witnessed: { number: witnessed.number, size: witnessed.size } }),
      findings: [...this.#findings, ...this.#nothingSeen(), ...unwitnessed(open, witnessed, now)],
    };
  }

  /** A log without any checkpoint that holds is not what the witnesses of a policy have seen. */
  #nothingSeen(): readonly LogFinding[] {
    if (this.#heads.length > 0 || this.#policy.isMet(new Set())) return [];
    return [{ kind: 'unwitnessed', path: NEWEST_CHECKPOINT, detail: 'No checkpoint has the cosignatures of a quorum' }];
  }

  #add({ number, size }: SignedHead & { readonly number: number }, { key, time }: Cosignature): void {
    const seen = this.#seen.get(key.verifierKey) ?? new Map<number, Seen>();
    this.#seen.set(key.verifierKey, seen);
    if (time < (seen.get(number)?.time ?? Number.POSITIVE_INFINITY)) seen.set(number, { number, size, time });
  }

  #sightOf({ verifierKey }: WitnessKey): Pick<WitnessSight, 'checkpoints' | 'since' | 'newest'> {
    const seen = [...(this.#seen.get(verifierKey)?.values() ?? [])].toSorted((a, b) => a.number - b.number);
    const [since, newest] = [seen[0], seen.at(-1)];
    return { checkpoints: seen.length, ...(since && { since }), ...(newest && { newest }) };
  }

  /** Returns the newest checkpoint for which the witnesses of it or of a later one are a quorum. */
  #witnessed(): (SignedHead & { readonly number: number }) | undefined {
    const newest = this.#policy.witnesses.map(({ key }) => [key.verifierKey, this.#sightOf(key).newest] as const);
    return this.#heads.findLast(({ number }) => {
      const covering = newest.filter(([, seen]) => seen !== undefined && seen.number >= number);
      return this.#policy.isMet(new Set(covering.map(([verifierKey]) => verifierKey)));
    });
  }
}

function* unwitnessed(
  open: readonly (SignedHead & { readonly number: number })[],
  witnessed: SignedHead | undefined,
  now: number | undefined,
): Generator<LogFinding> {
  const [first] = open;
  if (first === undefined) return;
  const last = open.at(-1)!;
  const which =
    first === last ? `Checkpoint ${first.number} has` : `Checkpoints ${first.number} to ${last.number} have`;
  const before = witnessed === undefined ? '' : `; checkpoint ${witnessed.number} before has them`;
  const due = first.due ?? (first.time ?? 0) + PENDING_S;
  const isPending = now !== undefined && now <= due;
  yield {
    kind: 'unwitnessed',
    ...(isPending && { note: true }),
    path: first.path,
    ...(last.size > (witnessed?.size ?? 0) && { leaf: witnessed?.size ?? 0 }),
    detail: isPending
      ? `${which} not the cosignatures of a quorum yet; they may come with the next one until ${isoTime(due)}`
      : `${which} not the cosignatures of a quorum${before}`,
  };
}

function isNumbered(head: SignedHead): head is SignedHead & { readonly number: number } {
  return head.number !== undefined;
}
