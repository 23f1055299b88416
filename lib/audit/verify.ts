// Verification of an audit trail: HMAC-SHA-256 per record (sign.ts), then the order and completeness of every chain.
import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import { CanonicalJsonError } from '../crypto/canonical-json.ts';
import { ChainOrder } from './chain-order.ts';
import { readLine, type SignedLine, type SignedObject } from './read-line.ts';
import { createSigner, type Signer, shortKeyId } from './sign.ts';

/**
 * - `modified`: the checksum is not that of the record under any key given
 * - `missing`: a number no line fills, a chain that does not begin at 1, or a record that names another predecessor
 * - `reordered`: a number after a higher one, or a number seen before
 * - `unsigned`: a record without a complete signature
 * - `malformed`: not a record, or a line that two JSON readers may read differently
 */
export type FindingKind = 'modified' | 'missing' | 'reordered' | 'unsigned' | 'malformed';

export interface Finding {
  readonly kind: FindingKind;
  /** 1-based. For `missing`, the line before which something is missing. */
  readonly line: number;
  readonly chainId?: string;
  readonly sequence?: number;
  /** For people. Names keys and numbers, quotes nothing else of the line. */
  readonly detail: string;
}

export interface TrailReport {
  /** Lines that hold a record, signed or not. */
  readonly records: number;
  /** Chains with at least one authentic record. */
  readonly chains: number;
  /** True when there is no finding. */
  readonly valid: boolean;
  /** By line; the first one is the first thing wrong. */
  readonly findings: readonly Finding[];
  /** Sum of `cnt` over the authentic records of level SUCCESS, each place in a chain counted once. */
  readonly successCount: number;
}

/**
 * Checks the lines of a trail, which may hold several interleaved chains. `keys` maps key ids (whole, or their first 20
 * characters) to HMAC keys. Blank lines are skipped. One pass; memory grows with the disorder found, not with the lines.
 *
 * What it cannot see: that the newest lines of a chain, or whole chains, were cut off. Every record left still verifies.
 * Only a commitment kept elsewhere (a checkpoint of the transparency log, a count someone wrote down) shows that. Nor can
 * it see that a record is true. Whoever holds the key can write a different history.
 */
export async function verifyTrail(
  lines: Iterable<string> | AsyncIterable<string>,
  keys: ReadonlyMap<string, Secret>,
): Promise<TrailReport> {
  const check = new TrailCheck(keys);
  // Two loops, because awaiting each line of an array would cost more than checking it.
  if (Symbol.iterator in lines) for (const line of lines) check.line(line);
  else for await (const line of lines) check.line(line);
  return check.report();
}

class TrailCheck {
  readonly #signers: ReadonlyMap<string, Signer>;
  readonly #chains = new Map<string, ChainOrder>();
  readonly #findings: Finding[] = [];
  #line = 0;
  #records = 0;
  #successCount = 0;

  constructor(keys: ReadonlyMap<string, Secret>) {
    this.#signers = new Map([...keys].map(([id, key]) => [shortKeyId(id), createSigner(id, key)]));
  }

  line(text: string): void {
    this.#line += 1;
    if (text.trim() === '') return;
    const read = readLine(text);
    if (read.kind !== 'malformed') this.#records += 1;
    if (read.kind === 'signed') this.#signed(read);
    else this.#findings.push({ ...read, line: this.#line });
  }

  report(): TrailReport {
    const findings = [...this.#findings];
    for (const [chainId, chain] of this.#chains) {
      for (const missing of chain.missing()) findings.push({ kind: 'missing', chainId, ...missing });
    }
    findings.sort((a, b) => a.line - b.line);
    return {
      records: this.#records,
      chains: [...this.#chains.values()].filter((chain) => !chain.empty).length,
      valid: findings.length === 0,
      findings,
      successCount: this.#successCount,
    };
  }

  #signed({ record, level, count }: SignedLine): void {
    const { chain_id: chainId, sequence, previous, checksum } = record.signature;
    const at = { line: this.#line, chainId, sequence };
    const chain = this.#chain(chainId);
    const fault = this.#fault(record);
    if (fault !== undefined) {
      chain.claim(sequence);
      this.#findings.push({ ...at, ...fault });
      return;
    }
    const place = chain.place({ sequence, previous, checksum, line: this.#line });
    if (place !== 'again' && level === 'SUCCESS') this.#successCount += count;
    if (place === 'ahead') return;
    const detail =
      place === 'again'
        ? `Number ${sequence} of the chain was there before: a copy, a repeated delivery or a second history`
        : `Number ${sequence} of the chain comes after a higher one`;
    this.#findings.push({ ...at, kind: 'reordered', detail });
  }

  /** Why the record is not authentic, if it is not. */
  #fault(record: SignedObject): Pick<Finding, 'kind' | 'detail'> | undefined {
    const { key_id: keyId, checksum } = record.signature;
    const signer = this.#signers.get(keyId);
    if (signer === undefined) {
      return { kind: 'modified', detail: `No key was given for key id ${JSON.stringify(keyId.slice(0, 40))}` };
    }
    try {
      if (sameText(signer.checksum(record), checksum)) return undefined;
    } catch (error) {
      if (error instanceof CanonicalJsonError) return { kind: 'malformed', detail: 'The JSON has no canonical form' };
      throw error;
    }
    return { kind: 'modified', detail: 'The checksum is not that of the record' };
  }

  #chain(chainId: string): ChainOrder {
    let chain = this.#chains.get(chainId);
    if (chain === undefined) {
      chain = new ChainOrder();
      this.#chains.set(chainId, chain);
    }
    return chain;
  }
}

/** Constant time for equal lengths, so that a service built on this gives no oracle for the right checksum. */
function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
