// A trail with weeks of use in it, for the console: signed by the key of a workspace, with times of our own.
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { workspace } from '../../../functions/cli/workspace/workspace.ts';
import { readSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { Chain } from '../../../lib/audit/chain.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { HOST } from '../audit.ts';

const DAY_MS = 86_400_000;
const USERS = ['test_user', 'analyst', 'auditor', 'claims_etl', 'fraud_team', 'marketing', 'dr_lin', 'hotline'];
const ELEMENTS = ['deName', 'deSSN', 'deEmail', 'deCCN', 'dePhone', 'deIBAN', 'deBirthdate', 'deAddress'];

interface Use {
  readonly records: number;
  readonly days: number;
  /** The time of the newest record, epoch milliseconds. */
  readonly endMs: number;
  /** Records at the end of the trail, besides those that are drawn. */
  readonly last?: readonly Partial<AuditEntry>[];
}

/** Appends records to the trail of a workspace: the same ones for the same numbers. */
export async function writeUse(dir: string, { records, days, endMs, last = [] }: Use): Promise<void> {
  const ws = workspace(dir);
  const { keyId, key } = await readSigningKey(ws.signingKey);
  using secret = key;
  const random = generator(records);
  let timeMs = 0;
  const chain = new Chain({
    signer: createSigner(keyId, secret),
    chainId: `warehouse/${records}`,
    host: { ...HOST, deploymentId: 'protector-redshift' },
    nowMs: () => timeMs,
  });
  const lines: string[] = [];
  for (let i = 0; i < records; i++) {
    const wave = 0.5 + 0.5 * Math.sin((i / records) * days * 2 * Math.PI);
    timeMs = endMs - days * DAY_MS * (1 - i / records);
    lines.push(chain.seal(entryOf(random, i / records, wave, i)).line);
  }
  timeMs = endMs;
  for (const change of last) lines.push(chain.seal({ ...entryOf(random, 1, 1, 0), ...change }).line);
  await mkdir(dirname(ws.auditTrail), { recursive: true });
  await appendFile(ws.auditTrail, lines.map((line) => `${line}\n`).join(''));
}

/** Draws an entry. Marketing sees cards in the last days alone, and the hotline more than ever. */
function entryOf(random: () => number, at: number, wave: number, i: number): AuditEntry {
  const user = USERS[Math.floor(USERS.length * random() ** 1.6)]!;
  const element = ELEMENTS[Math.floor(ELEMENTS.length * random() ** 1.3)]!;
  const isNew = at > 0.93;
  const common = {
    vendor: 'aws.redshift',
    dataStore: 'SAMPLE_POLICY',
    policyVersion: '1',
    queryId: `query-${100_000 + i}`,
    requestId: `request-${i}`,
    cluster: 'claims',
  };
  const count = Math.ceil(40 + 4000 * random() ** 4 * (0.2 + wave));
  const draw = random();
  if (user === 'marketing' && !(isNew && element === 'deCCN')) {
    return { ...common, user, element, operation: 'Unprotect', code: 3, count, substituted: draw < 0.5 };
  }
  if (draw < 0.05) return { ...common, user, element, operation: 'Unprotect', code: 3, count };
  if (draw < 0.06) return { ...common, user, element, operation: 'Protect', code: 44, count };
  if (draw < 0.55) {
    const clear = element === 'deName' ? Math.floor(count * 0.02) : 0;
    return { ...common, user, element, operation: 'Protect', code: 6, count, clearCount: clear };
  }
  const much = user === 'hotline' && isNew ? 5 : 1;
  return { ...common, user, element, operation: 'Unprotect', code: 8, count: Math.ceil((count / 3) * much) };
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
