// Verifies an audit trail: the HMAC-SHA-256 of each record (sign.ts), then the order and completeness of every chain.
import { fromHex } from '../base/bytes.ts';
import type { Secret } from '../base/secret.ts';
import { laterThanNow } from '../base/clock.ts';
import { sha256 } from '../crypto/digests.ts';
import { ChainOrder } from './chain-order.ts';
import { type OutsideUse, RecordCheck, timeOf } from './check-record.ts';
import { readLine, type SignedLine, type SignedObject } from './read-line.ts';
import { Sightings } from './sightings.ts';

/**
 * - `modified`: the checksum does not match the record
 * - `unknown-key`: signed with a key that was not given, or outside the time of use of that key
 * - `missing`: an absent number, or a chain that does not begin at 1
 * - `forked`: two records with one number, or a record that names another predecessor: two histories, both signed
 * - `reordered`: a number after a higher one
 * - `repeated`: the same record again. Retries of a delivery cause this, so it is a note, and the record counts once
 * - `unsigned`: a record without a complete signature
 * - `malformed`: not a record, or a line that two JSON readers may read differently
 * - `unverified`: neither a checksum that was checked nor the log covers these records
 * - `later-than-now`: dated later than the verifier's clock allows
 */
export type FindingKind =
  | 'modified'
  | 'unknown-key'
  | 'missing'
  | 'forked'
  | 'reordered'
  | 'repeated'
  | 'unsigned'
  | 'malformed'
  | 'unverified'
  | 'later-than-now';

export interface Finding<Kind extends string = FindingKind> {
  readonly kind: Kind;
  /** True for information that is no sign of tampering. */
  readonly note?: true;
  /** 1-based. For `missing`, the line before which records are missing. */
  readonly line: number;
  readonly chainId?: string;
  readonly sequence?: number;
  /** A sentence for people. Names keys and numbers; quotes nothing else of the line. */
  readonly detail: string;
}

export interface TrailReport<Kind extends string = FindingKind> {
  /** Number of lines with a record, signed or not. */
  readonly records: number;
  /** Number of chains with at least one authentic record. */
  readonly chains: number;
  /** True when all findings are notes. */
  readonly valid: boolean;
  /** Ordered by line. */
  readonly findings: readonly Finding<Kind>[];
  /** Sum of `cnt` over the verified records of level SUCCESS, each place in a chain counted once. */
  readonly successCount: number;
  /** The records that nothing covers, and the sum of `cnt` that they claim. Absent when every record is verified. */
  readonly unverified?: { readonly records: number; readonly successCount: number };
}

/**
 * Verifies the lines of a trail, which may hold several interleaved chains. `keys` maps key ids (whole, or their first
 * 20 characters) to HMAC keys; without `keys` everything but the checksums is checked, and each chain is `unverified`.
 * Skips blank lines. One pass; memory: 32 bytes a record, to tell a repeat from a second history.
 *
 * Cannot detect that the newest lines of a chain, or whole chains, were cut off: the remaining records still verify.
 * Only a commitment stored elsewhere (a checkpoint of the transparency log) shows that, see
 * evidence/verify-evidence.ts. Cannot detect that a record is false: the holder of the key can write another history.
 */
export async function verifyTrail(
  lines: Iterable<string> | AsyncIterable<string>,
  keys?: ReadonlyMap<string, Secret>,
): Promise<TrailReport> {
  const check = new TrailCheck<never>({ keys });
  // Two loops, because awaiting each line of an array would cost more than checking it.
  if (Symbol.iterator in lines) for (const line of lines) check.line(line);
  else for await (const line of lines) check.line(line);
  return check.report();
}

/** The fault of one record. */
export type Fault<Kind extends string> = Pick<Finding<Kind>, 'kind' | 'note' | 'detail'>;

/** `same`: the record is right, checksum included, and covered by the other copy. A fault: it is wrong. Undefined: the other copy does not know it. */
export type Comparison<Kind extends string> = 'same' | Fault<Kind> | undefined;

export interface TrailCheckOptions<Kind extends string> {
  /** @default - checksums are not checked */
  readonly keys?: ReadonlyMap<string, Secret> | undefined;
  /** @default - a key may have signed at any time */
  readonly outsideUse?: OutsideUse | undefined;
  /** Compares a signed record with another copy. `fault` checks the record on its own. */
  readonly compare?: (
    read: SignedLine,
    text: string,
    fault: () => Fault<FindingKind> | undefined,
  ) => Comparison<FindingKind | Kind>;
  /** The lines are covered by something else than their checksums. @default false */
  readonly isCovered?: boolean;
  /** Epoch seconds: a record that is dated later is a finding. @default - none is */
  readonly latest?: number | undefined;
  /** Returns the number of a chain up to which holes are reported elsewhere. */
  readonly knownUpTo?: (chainId: string) => number;
}

/** Checks one trail, line by line. `Kind` is what `compare` may find in addition. */
export class TrailCheck<Kind extends string> {
  readonly #options: TrailCheckOptions<Kind>;
  readonly #checker: RecordCheck;
  readonly #chains = new Map<string, Chain>();
  readonly #findings: Finding<FindingKind | Kind>[] = [];
  #line = 0;
  #records = 0;
  #successCount = 0;
  #unverified = { records: 0, successCount: 0 };

  constructor(options: TrailCheckOptions<Kind>) {
    this.#options = options;
    this.#checker = new RecordCheck(options.keys, options.outsideUse);
  }

  /** Checks the next line, or the line of this number. Returns the parsed line when it is a signed record. */
  line(text: string, number = this.#line + 1): SignedLine | undefined {
    this.#line = number;
    if (text.trim() === '') return undefined;
    const read = readLine(text);
    if (read.kind !== 'malformed') this.#records += 1;
    if (read.kind !== 'signed') {
      this.#findings.push({ ...read, line: this.#line });
      return undefined;
    }
    this.#signed(read, text);
    return read;
  }

  /** Notes the number that a line claims which is reported elsewhere. */
  claim(text: string): void {
    const read = readLine(text);
    if (read.kind !== 'signed') return;
    const { chain_id: chainId, sequence } = read.record.signature;
    this.#chain(chainId).order.claim(sequence);
  }

  report(): TrailReport<FindingKind | Kind> {
    const findings = [...this.#findings];
    for (const [chainId, { order }] of this.#chains) {
      const known = this.#options.knownUpTo?.(chainId) ?? 0;
      for (const { last, ...found } of order.breaks()) {
        if (found.kind === 'missing' && last <= known) continue;
        findings.push({
          chainId,
          ...found,
          sequence: found.kind === 'missing' ? Math.max(found.sequence, known + 1) : found.sequence,
        });
      }
    }
    for (const [chainId, { unverified }] of this.#chains) {
      if (unverified !== undefined) findings.push({ chainId, ...unverifiedFinding(unverified) });
    }
    findings.sort((a, b) => a.line - b.line);
    return {
      records: this.#records,
      chains: [...this.#chains.values()].filter(({ order }) => !order.empty).length,
      valid: findings.every(({ note }) => note === true),
      findings,
      successCount: this.#successCount,
      ...(this.#unverified.records > 0 && { unverified: this.#unverified }),
    };
  }

  #signed(read: SignedLine, text: string): void {
    const { record, level, count } = read;
    const { chain_id: chainId, sequence, previous, checksum } = record.signature;
    const at = { line: this.#line, chainId, sequence };
    const chain = this.#chain(chainId);
    const compared = this.#options.compare?.(read, text, () => this.#checker.fault(record));
    const fault = compared === 'same' ? undefined : (compared ?? this.#checker.fault(record));
    if (fault !== undefined) {
      chain.order.claim(sequence);
      this.#findings.push({ ...at, ...fault });
      return;
    }
    const place = chain.order.place({ sequence, previous, checksum, line: this.#line });
    if (place === 'again') return this.#again(at, chain, this.#digest(record, text));
    chain.seen.add(sequence, this.#digest(record, text), this.#line);
    this.#count(chain, sequence, level === 'SUCCESS' ? count : 0, compared === 'same');
    const later = compared === 'same' ? undefined : laterThanNow(timeOf(record), this.#options.latest);
    if (later !== undefined) this.#findings.push({ ...at, kind: 'later-than-now', detail: later });
    if (place === 'late') {
      this.#findings.push({
        ...at,
        kind: 'reordered',
        detail: `Number ${sequence} of the chain comes after a higher one`,
      });
    }
  }

  #count(chain: Chain, sequence: number, successCount: number, isCovered: boolean): void {
    if (isCovered || this.#checker.checksChecksums || this.#options.isCovered === true) {
      this.#successCount += successCount;
      return;
    }
    this.#unverified.records += 1;
    this.#unverified.successCount += successCount;
    const { line, from, to, records } = chain.unverified ?? { line: this.#line, from: sequence, to: 0, records: 0 };
    const last = Math.max(to, sequence);
    chain.unverified = { line, from: Math.min(from, sequence), to: last, records: records + 1 };
  }

  #again(at: { line: number; chainId: string; sequence: number }, chain: Chain, digest: Uint8Array): void {
    const before = chain.seen.find(at.sequence, digest);
    const number = `Number ${at.sequence} of the chain`;
    this.#findings.push(
      before?.same === true
        ? { ...at, kind: 'repeated', note: true, detail: `${number} again, the same as before` }
        : { ...at, kind: 'forked', detail: `${number} again, and not the same: there are two histories` },
    );
  }

  /** Returns what identifies the content: the checksum where checksums are checked, else the hash of the bytes. */
  #digest({ signature }: SignedObject, text: string): Uint8Array {
    return !this.#checker.checksChecksums ? sha256(text) : fromHex(signature.checksum);
  }

  #chain(chainId: string): Chain {
    let chain = this.#chains.get(chainId);
    if (chain === undefined) {
      chain = { order: new ChainOrder(), seen: new Sightings() };
      this.#chains.set(chainId, chain);
    }
    return chain;
  }
}

interface Chain {
  readonly order: ChainOrder;
  readonly seen: Sightings;
  unverified?: Unverified;
}

/** The records of one chain that nothing covers. */
interface Unverified {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly records: number;
}

function unverifiedFinding({ line, from, to, records }: Unverified): Finding {
  const what =
    records === 1 ? `Number ${from} of the chain` : `${records} records, numbers ${from} to ${to} of the chain`;
  const detail = `${what}: no record key was given to check the checksums, and no log covers them`;
  return { kind: 'unverified', line, sequence: from, detail };
}
