// Signed audit lines of several environments, and checks of merged records against them.
import { createHash } from 'node:crypto';
import { Chain } from '../../lib/audit/chain.ts';
import type { AuditEntry, AuditRecord } from '../../lib/audit/record.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { Secret } from '../../lib/base/secret.ts';
import { SequenceSet } from '../../lib/base/sequence-set.ts';
import { entry, HOST } from './audit.ts';

export const KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
export const recordKey = (): Secret => new Secret(new Uint8Array(32).fill(7));

/** One more environment, whose records differ from the others' in host name and process. */
export function environmentChain(chainId: string, nowMs = () => 1_800_000_000_000): Chain {
  const signer = createSigner(KEY_ID, recordKey());
  return new Chain({ signer, chainId, host: { ...HOST, hostname: `host-${chainId}` }, nowMs });
}

export interface Original {
  /** `chain:sequence` */
  readonly id: string;
  readonly line: string;
  readonly record: AuditRecord;
}

export function originals(changes: readonly (Partial<AuditEntry> & { readonly chain: string })[]): readonly Original[] {
  const chains = new Map<string, Chain>();
  return changes.map(({ chain: name, ...change }) => {
    const chain = chains.get(name) ?? environmentChain(name);
    chains.set(name, chain);
    const { line } = chain.seal(entry(change));
    const record = JSON.parse(line) as AuditRecord;
    return { id: `${name}:${record.signature.sequence}`, line, record };
  });
}

/** A merged record as a sink holds it. */
export interface MergedDocument {
  readonly cnt: number;
  readonly protection: { readonly policy_user: string; readonly audit_code: number };
  readonly additional_info: {
    readonly merged_records: number;
    readonly merged_digest: string;
    readonly merged_from: readonly { readonly chain_id: string; readonly sequences: string }[];
  };
}

/** Ids of the originals that a merged record says it holds. */
export function heldBy({ additional_info }: MergedDocument): readonly string[] {
  return additional_info.merged_from.flatMap(({ chain_id, sequences }) => {
    const ranges = SequenceSet.parse(sequences).toString().split(',');
    return ranges.flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => `${chain_id}:${first + i}`);
    });
  });
}

/** Lists how merged records differ from the originals; empty when they account for exactly them. */
export function discrepancies(documents: readonly MergedDocument[], all: readonly Original[]): readonly string[] {
  const byId = new Map(all.map((one) => [one.id, one]));
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const document of documents) {
    const held = heldBy(document);
    for (const id of held) {
      if (seen.has(id)) wrong.push(`${id} is held twice`);
      seen.add(id);
    }
    const records = held.map((id) => byId.get(id)?.record);
    const cnt = records.reduce((sum, record) => sum + (record?.cnt ?? Number.NaN), 0);
    if (cnt !== document.cnt) wrong.push(`${held.join()} have cnt ${cnt}, not ${document.cnt}`);
    if (records.some((record) => record?.protection.policy_user !== document.protection.policy_user)) {
      wrong.push(`${held.join()} are of several users`);
    }
    const checksums = records.map((record) => `${record?.signature.checksum}\n`).toSorted();
    const digest = createHash('sha256').update(checksums.join('')).digest('hex').toUpperCase();
    if (digest !== document.additional_info.merged_digest) wrong.push(`${held.join()} have another digest`);
  }
  for (const { id } of all) if (!seen.has(id)) wrong.push(`${id} is in no record`);
  return wrong;
}
