// Verifies a trail as far as possible: its log, its records, and that both agree. Offline, with public keys; with the
// record key also the checksums of the records.
import { type OutsideUse, timeOf } from '../audit/check-record.ts';
import type { SignedLine } from '../audit/read-line.ts';
import { Sightings } from '../audit/sightings.ts';
import { type Comparison, type Fault, type FindingKind, TrailCheck, type TrailReport } from '../audit/verify.ts';
import { fromHex, sameBytes, textOf, toBase64 } from '../base/bytes.ts';
import type { Secret } from '../base/secret.ts';
import { sha256 } from '../crypto/digests.ts';
import type { LogFindingKind } from '../transparency/findings.ts';
import { type LogReport, verifyLog, type VerifyLogOptions } from '../transparency/verify-log.ts';
import { verifyWitnesses, type WitnessReport } from '../transparency/verify-witnesses.ts';
import type { WitnessPolicy } from '../transparency/witness-policy.ts';
import { checkpointKeysOf, type KeyList, recordKeyOutsideUse } from './key-list.ts';

/** `unsigned-tail`: records that no checkpoint covers. A note while they may still be sealed. */
export type EvidenceKind = FindingKind | LogFindingKind | 'unsigned-tail';

export interface EvidenceFinding {
  readonly kind: EvidenceKind;
  /** True for information that is no sign of tampering. */
  readonly note?: true;
  /** The given copy of the records, the log, or what the verifier was given besides them. */
  readonly where: 'records' | 'log' | 'keys';
  /** Line of the records, 1-based. */
  readonly line?: number;
  /** Where the records are several files: the file, and the line in it. */
  readonly place?: string;
  /** Leaf of the log, 0-based. */
  readonly leaf?: number;
  /** Object of the log, name of a checkpoint stored elsewhere, or file. */
  readonly path?: string;
  readonly chainId?: string;
  readonly sequence?: number;
  readonly detail: string;
}

export interface EvidenceReport {
  /** True when all findings are notes. */
  readonly valid: boolean;
  /** Those of the log first, then those of the records by line. */
  readonly findings: readonly EvidenceFinding[];
  /** Whether record keys were given; without them only the log shows that a record is authentic. */
  readonly checksumsVerified: boolean;
  /** Counted over the given records, or over the leaves when none were given. */
  readonly records: number;
  readonly chains: number;
  /** Sum of `cnt` over the verified records of level SUCCESS. */
  readonly successCount: number;
  /** The records that neither a checked checksum nor the log covers, and the sum of `cnt` that they claim. */
  readonly unverified?: NonNullable<TrailReport['unverified']>;
  readonly log?: {
    readonly checkpoints: number;
    /** The newest checkpoint whose tree is present; absent without one. */
    readonly newest?: {
      readonly number?: number;
      readonly size: number;
      readonly root: string;
      readonly time?: number;
    };
  };
  /** What the witnesses of the policy have seen; absent without a policy. Their findings are among `findings`. */
  readonly witnesses?: Omit<WitnessReport, 'findings'>;
}

export interface EvidenceOptions {
  /** @default - only the records are verified; a cut-off end is not detected */
  readonly log?: Pick<VerifyLogOptions, 'reader' | 'known' | 'now' | 'everyS' | 'checkpoints' | 'timestamps'> & {
    /**
     * Witnesses that must have cosigned the log. Where it lists logs, only their keys count.
     *
     * @default - cosignatures are not verified
     */
    readonly policy?: WitnessPolicy;
  };
  /** Epoch seconds: what is dated later is a finding. @default - the `now` of the log */
  readonly latest?: number | undefined;
  /** @default - only the log is verified */
  readonly records?: Iterable<string> | AsyncIterable<string>;
  /** The records are an excerpt of the log: absent ones are no finding. */
  readonly isExcerpt?: boolean;
  /** @default - checksums are not verified */
  readonly recordKeys?: ReadonlyMap<string, Secret> | undefined;
  /** Without it no checkpoint can be verified, and the times of record keys are unknown. */
  readonly keys?: KeyList | undefined;
}

/** Longest time from a record to its checkpoint when the log promises none, seconds. */
const SETTLED_AFTER_S = 60;

/**
 * Verifies a log, a copy of its records, or both against each other. Never valid when something promised is absent, or
 * when a record is covered neither by a checked checksum nor by the log. One pass over each; memory: about 32 bytes a
 * record and 1 a leaf. Without record keys a copy must equal the log byte for byte; with them it may be reformatted
 * JSON.
 */
export async function verifyEvidence(options: EvidenceOptions): Promise<EvidenceReport> {
  const { log, records, recordKeys, keys } = options;
  const latest = options.latest ?? log?.now;
  const checks = {
    keys: recordKeys,
    latest,
    outsideUse: (keyId: string, time: number) => recordKeyOutsideUse(keys, keyId, time),
  };
  const leaves = log && (await verifyLeaves({ ...log, latest }, checks, keys));
  const copy = records && (await new Copy(leaves, checks).verify(records, options.isExcerpt === true));
  const { findings: unwitnessed = [], ...witnesses } =
    (log && leaves && (await sights({ ...log, latest }, leaves.log))) ?? {};
  const findings = [
    ...(leaves?.findings ?? []),
    ...unwitnessed.map((finding): EvidenceFinding => ({ where: 'log', ...finding })),
    ...(copy?.findings ?? []),
  ];
  const { records: count, chains, successCount, unverified } = copy?.report ?? leaves?.report ?? NOTHING;
  return {
    valid: findings.every(({ note }) => note === true),
    findings,
    checksumsVerified: recordKeys !== undefined,
    records: count,
    chains,
    successCount,
    ...(unverified && { unverified }),
    ...(leaves && { log: { checkpoints: leaves.log.checkpoints, ...newestOf(leaves.log) } }),
    ...('quorum' in witnesses && { witnesses }),
  };
}

function sights(
  { reader, policy, now, latest }: NonNullable<EvidenceOptions['log']> & Pick<VerifyLogOptions, 'latest'>,
  { heads }: LogReport,
): Promise<WitnessReport> | undefined {
  return policy && verifyWitnesses({ reader, policy, heads, now, latest });
}

const NOTHING = { records: 0, chains: 0, successCount: 0, unverified: undefined };

interface Checks {
  readonly keys: ReadonlyMap<string, Secret> | undefined;
  readonly latest: number | undefined;
  readonly outsideUse: OutsideUse;
}

/** The verified log and its leaves. */
interface Leaves {
  readonly log: LogReport;
  readonly report: TrailReport;
  readonly chains: ReadonlyMap<string, Sightings>;
  /** False when entries are unreadable: then an absent record may have been a leaf. */
  readonly isWhole: boolean;
  readonly findings: readonly EvidenceFinding[];
}

async function verifyLeaves(
  log: NonNullable<EvidenceOptions['log']> & Pick<VerifyLogOptions, 'latest'>,
  checks: Checks,
  keys: KeyList | undefined,
): Promise<Leaves> {
  const chains = new Map<string, Sightings>();
  const check = new TrailCheck<never>({ ...checks, isCovered: true });
  let read = 0;
  const verified = await verifyLog({
    everyS: keys?.checkpointEveryS,
    ...log,
    keys: checkpointKeysOf(keys, log.policy),
    onEntry: ({ index, bytes }) => {
      read += 1;
      const text = textOf(bytes);
      const line = check.line(text, index + 1);
      if (line !== undefined) sight(chains, line, bytes, index);
    },
    onWrongEntry: ({ bytes }) => check.claim(textOf(bytes)),
  });
  const report = check.report();
  const isWhole = read === (verified.head?.size ?? 0);
  const findings: EvidenceFinding[] = verified.findings.map((finding) => ({ where: 'log', ...finding }));
  for (const { line, ...finding } of report.findings) {
    // Unread entries are not missing from their chain.
    if (finding.kind === 'missing' && !isWhole) continue;
    // Leaves are in order of arrival, which may differ from that of the chains.
    const note = finding.kind === 'reordered' ? ({ note: true } as const) : {};
    findings.push({ where: 'log', leaf: line - 1, ...finding, ...note });
  }
  return { log: verified, report, chains, isWhole, findings };
}

/** Notes a leaf, unless its number is taken. */
function sight(chains: Map<string, Sightings>, { record }: SignedLine, bytes: Uint8Array, index: number): void {
  const { chain_id: chainId, sequence, checksum } = record.signature;
  let chain = chains.get(chainId);
  if (chain === undefined) chains.set(chainId, (chain = new Sightings()));
  const digest = sha256(bytes);
  if (chain.find(sequence, digest) === undefined) chain.add(sequence, digest, index, tagOf(checksum));
}

/** Returns the remembered part of a checksum. */
function tagOf(checksum: string): Uint8Array {
  return fromHex(checksum.slice(0, 16));
}

type LineFinding = EvidenceFinding & { readonly line: number };

/** Records of one chain that no checkpoint covers. */
interface Tail {
  readonly line: number;
  readonly chainId: string;
  readonly from: number;
  to: number;
  readonly isLate: boolean;
}

/** Checks a copy of the records, against the leaves if there is a log. */
class Copy {
  readonly #leaves: Leaves | undefined;
  readonly #check: TrailCheck<never>;
  readonly #checks: Checks;
  readonly #tails = new Map<string, Tail>();
  #line = 0;

  constructor(leaves: Leaves | undefined, checks: Checks) {
    this.#leaves = leaves;
    this.#checks = checks;
    this.#check = new TrailCheck<never>({
      ...checks,
      ...(leaves && {
        compare: (read, text, fault) => this.#compare(read, text, fault),
        knownUpTo: (chainId) => leaves.chains.get(chainId)?.highest ?? 0,
      }),
    });
  }

  async verify(
    records: Iterable<string> | AsyncIterable<string>,
    isExcerpt: boolean,
  ): Promise<{ report: TrailReport; findings: readonly EvidenceFinding[] }> {
    const line = (text: string): void => {
      this.#line += 1;
      this.#check.line(text);
    };
    // Two loops, because awaiting each line of an array would cost more than checking it.
    if (Symbol.iterator in records) for (const text of records) line(text);
    else for await (const text of records) line(text);
    const report = this.#check.report();
    const found = report.findings.map((finding): LineFinding => ({ where: 'records', ...finding }));
    const all = [...found, ...this.#tailFindings()].toSorted((a, b) => a.line - b.line);
    return { report, findings: isExcerpt ? all : [...all, ...this.#absent()] };
  }

  #compare(read: SignedLine, text: string, fault: () => Fault<FindingKind> | undefined): Comparison<FindingKind> {
    const { chain_id: chainId, sequence, checksum } = read.record.signature;
    const chain = this.#leaves?.chains.get(chainId);
    const leaf = chain?.find(sequence, sha256(text));
    if (chain === undefined || leaf === undefined) {
      if (fault() === undefined) this.#unsealed(read, chain?.highest ?? 0);
      return undefined;
    }
    chain.mark(sequence);
    if (leaf.same) return 'same'; // its faults are reported for the leaf
    const own = fault();
    if (own !== undefined) return own;
    const where = `what was sealed as leaf ${leaf.position}`;
    if (this.#checks.keys === undefined) return { kind: 'modified', detail: `Not ${where}` };
    if (sameBytes(tagOf(checksum), leaf.tag)) return 'same';
    return { kind: 'forked', detail: `Signed, and not ${where}: there are two histories` };
  }

  #unsealed(read: SignedLine, highest: number): void {
    const { chain_id: chainId, sequence } = read.record.signature;
    const newest = this.#leaves?.log.head;
    if (this.#leaves?.isWhole !== true || sequence < highest) return; // the findings of the log cover it
    const settled = (newest?.time ?? 0) - Math.max(SETTLED_AFTER_S, (newest?.due ?? 0) - (newest?.time ?? 0));
    const isLate = newest !== undefined && timeOf(read.record) < settled;
    const key = JSON.stringify([chainId, isLate]);
    const tail = this.#tails.get(key);
    if (tail === undefined) this.#tails.set(key, { line: this.#line, chainId, from: sequence, to: sequence, isLate });
    else tail.to = Math.max(tail.to, sequence);
  }

  *#tailFindings(): Generator<LineFinding> {
    for (const { line, chainId, from, to, isLate } of this.#tails.values()) {
      const what = from === to ? `Number ${from} of the chain is` : `Numbers ${from} to ${to} of the chain are`;
      yield {
        kind: 'unsigned-tail',
        ...(isLate ? {} : { note: true }),
        where: 'records',
        line,
        chainId,
        sequence: from,
        detail: isLate
          ? `${what} under no checkpoint, although later ones were signed`
          : `${what} under no checkpoint yet`,
      };
    }
  }

  /** Yields the leaves without a line. */
  *#absent(): Generator<EvidenceFinding> {
    for (const [chainId, chain] of this.#leaves?.chains ?? []) {
      for (const { from, to, position } of chain.unmarked()) {
        const what = from === to ? `Number ${from} of the chain` : `Numbers ${from} to ${to} of the chain`;
        const detail = `${what}, sealed from leaf ${position} on, in no line of the records`;
        yield { kind: 'missing', where: 'records', leaf: position, chainId, sequence: from, detail };
      }
    }
  }
}

function newestOf({ head }: LogReport): Pick<NonNullable<EvidenceReport['log']>, 'newest'> {
  if (head === undefined) return {};
  const { number, size, root, time } = head;
  return {
    newest: {
      ...(number === undefined ? {} : { number }),
      size,
      root: toBase64(root),
      ...(time === undefined ? {} : { time }),
    },
  };
}
