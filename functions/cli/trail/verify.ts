// Verifies a trail of audit records, against its Merkle log where there is one.
import { existsSync } from 'node:fs';
import { scopeOf } from '../../../lib/base/secret.ts';
import { type EvidenceReport, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import type { TimestampRules } from '../../../lib/transparency/verify-timestamps.ts';
import { CliError } from '../core/exit.ts';
import { objectsAt, readBytes } from '../files/place.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { readKeyList, readRecordKeys, workspaceRecordKeys } from './key-list.ts';
import { recordLines } from './record-lines.ts';
import { timestampRules } from './timestamps.ts';

/** What is verified, and with what. */
export interface Subject {
  /** Names it in messages. */
  readonly name: string;
  readonly file: string | undefined;
  readonly log: string | undefined;
  readonly keys: string | undefined;
}

/** What a user may ask for instead of the workspace's own. */
export interface VerifyRequest {
  readonly file?: string | undefined;
  readonly keyFile?: readonly string[] | undefined;
  readonly log?: string | undefined;
  readonly keys?: string | undefined;
  readonly known?: readonly string[] | undefined;
  /** Certificates of the timestamp authorities that count. */
  readonly tsa?: readonly string[] | undefined;
  readonly tsaWithin?: number | undefined;
  readonly tsaFrom?: Date | undefined;
  readonly excerpt?: boolean;
  /** The time at which the next checkpoint must not be overdue. */
  readonly nowMs: number;
}

/** Verifies the records of a workspace, against its Merkle log where it has one. */
export function verifyWorkspace(ws: Workspace, nowMs: number): Promise<EvidenceReport> {
  return verifySubject(subjectOf({ nowMs }, ws), { nowMs }, ws);
}

/** Throws `CliError` for a request that does not say enough. */
export function subjectOf({ file, log, keyFile, keys }: VerifyRequest, ws: Workspace): Subject {
  if (keyFile !== undefined && file === undefined && log === undefined) {
    throw new CliError('CLI_USAGE', '--file and --key-file go together');
  }
  if (file !== undefined && keyFile === undefined && log === undefined) {
    throw new CliError('CLI_USAGE', '--file and --key-file go together, unless --log is there to compare with');
  }
  const ownKeys = existsSync(ws.keyList) ? ws.keyList : undefined;
  if (log !== undefined) {
    const given = keys ?? ownKeys;
    if (given === undefined) throw new CliError('CLI_USAGE', '--log needs --keys, the list of the public keys');
    return { name: file ?? log, file, log, keys: given };
  }
  if (file !== undefined) return { name: file, file, log, keys };
  const isSealed = ownKeys !== undefined && existsSync(`${ws.merkleLog}/${NEWEST_CHECKPOINT}`);
  const { auditTrail, merkleLog } = ws;
  return { name: auditTrail, file: auditTrail, log: isSealed ? merkleLog : undefined, keys: keys ?? ownKeys };
}

/** Rejects with `CliError` for a trail without any record, which proves nothing. */
export async function verifySubject(
  { name, file, log, keys }: Subject,
  request: VerifyRequest,
  ws: Workspace,
): Promise<EvidenceReport> {
  const isOwn = request.file === undefined && request.log === undefined;
  const known = await Promise.all((request.known ?? []).map(async (path) => [path, await readBytes(path)] as const));
  const recordKeys = isOwn ? await workspaceRecordKeys(ws) : request.keyFile && (await readRecordKeys(request.keyFile));
  using _ = scopeOf(recordKeys?.values() ?? []);
  const report = await verifyEvidence({
    ...(log !== undefined && {
      log: {
        reader: await objectsAt(log),
        known: new Map(known),
        now: Math.floor(request.nowMs / 1000),
        timestamps: await timestampsOf(request),
      },
    }),
    ...(file !== undefined && { records: recordLines(file) }),
    isExcerpt: request.excerpt === true,
    recordKeys,
    keys: keys === undefined ? undefined : await readKeyList(keys),
  });
  if (report.records === 0 && report.valid && report.log?.newest === undefined) {
    throw new CliError('CLI_USAGE', `${name} holds no audit record`);
  }
  return report;
}

/** Three of the sealer's checkpoints: one timestamp may be absent. */
const DEFAULT_WITHIN_S = 900;

async function timestampsOf({ tsa, tsaWithin, tsaFrom }: VerifyRequest): Promise<TimestampRules | undefined> {
  if (tsa === undefined) {
    if (tsaWithin === undefined && tsaFrom === undefined) return undefined;
    throw new CliError('CLI_USAGE', '--tsa-within and --tsa-from need --tsa, the certificates of the authorities');
  }
  const fromS = tsaFrom && Math.floor(tsaFrom.getTime() / 1000);
  return timestampRules(tsa, { withinS: tsaWithin ?? DEFAULT_WITHIN_S, fromS });
}
