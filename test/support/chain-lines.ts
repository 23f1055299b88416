import type { AuditLine } from '../../lib/audit/ports.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { Secret } from '../../lib/base/secret.ts';
import { entry, HOST } from './audit.ts';

export const RECORD_KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';

/** The record key of `chainLines`. */
export function recordKeys(): ReadonlyMap<string, Secret> {
  return new Map([[RECORD_KEY_ID, new Secret(new Uint8Array(32).fill(7))]]);
}

export interface ChainChange {
  /** Another user makes another history of the same chain. */
  readonly user?: string;
  /** When the records were made, epoch milliseconds. */
  readonly timeMs?: number;
  readonly keyId?: string;
}

/** The lines of a chain of `count` records of one value each, as a trail writes them. */
export async function chainLines(chainId: string, count: number, change: ChainChange = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  const append = (batch: readonly AuditLine[]): Promise<void> => {
    for (const { line } of batch) lines.push(line);
    return Promise.resolve();
  };
  const signer = createSigner(change.keyId ?? RECORD_KEY_ID, new Secret(new Uint8Array(32).fill(7)));
  const trail = new AuditTrail({
    signer,
    sink: { append },
    chainId,
    host: HOST,
    nowMs: () => change.timeMs ?? 1.8e12,
    maxPendingLines: Number.POSITIVE_INFINITY,
  });
  for (let i = 0; i < count; i++) {
    trail.record(entry({ requestId: `r${i}`, count: 1, user: change.user ?? 'test_user' }));
  }
  await trail.flush();
  return lines;
}
