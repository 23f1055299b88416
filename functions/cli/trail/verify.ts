// Verifies a trail of audit records, against its Merkle log where there is one.
import { existsSync } from 'node:fs';
import { scopeOf } from '../../../lib/base/secret.ts';
import {
  type EvidenceFinding,
  type EvidenceOptions,
  type EvidenceReport,
  verifyEvidence,
} from '../../../lib/evidence/verify-evidence.ts';
import { DEFAULT_WITHIN_S, type TimestampRules } from '../../../lib/transparency/verify-timestamps.ts';
import { CliError } from '../core/exit.ts';
import { objectsAt, readBytes } from '../files/place.ts';
import { requireWorkspace, type Workspace } from '../workspace/workspace.ts';
import { readKeyList, readRecordKeys } from './key-list.ts';
import { RecordLines } from './record-lines.ts';
import { linesOfLogGroup } from './records.ts';
import { timestampRules } from './timestamps.ts';
import { readWitnessPolicy } from './witness-policy.ts';
import { isSealed, type WorkspaceEvidence, workspaceEvidence } from './workspace-evidence.ts';

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
  /** A log group of records, in place of a file. */
  readonly logGroup?: string | undefined;
  readonly keyFile?: readonly string[] | undefined;
  readonly log?: string | undefined;
  readonly keys?: string | undefined;
  readonly known?: readonly string[] | undefined;
  /** Certificates of the timestamp authorities that count. */
  readonly tsa?: readonly string[] | undefined;
  readonly tsaWithin?: number | undefined;
  readonly tsaFrom?: Date | undefined;
  readonly excerpt?: boolean;
  /** The longest time between two checkpoints, seconds. */
  readonly every?: number | undefined;
  /** Number of checkpoints that the log had before. */
  readonly checkpoints?: number | undefined;
  readonly policy?: string | undefined;
  /** The time at which the next checkpoint must not be overdue. */
  readonly nowMs: number;
  /** The clock, where `nowMs` is another time: what is dated later than both is a finding. */
  readonly clockMs?: number | undefined;
}

/** Verifies the records of a workspace, against its Merkle log where it was sealed. */
export function verifyWorkspace(ws: Workspace, nowMs: number): Promise<EvidenceReport> {
  return verifySubject(subjectOf({ nowMs }, ws), { nowMs }, ws);
}

/** Throws `CliError` for a request that does not say enough. */
export function subjectOf({ logGroup, file = logGroup, log, keyFile, keys }: VerifyRequest, ws: Workspace): Subject {
  if (keyFile !== undefined && file === undefined && log === undefined) {
    throw new CliError('CLI_USAGE', '--file and --key-file go together');
  }
  if (file !== undefined && keyFile === undefined && log === undefined) {
    throw new CliError(
      'CLI_USAGE',
      '--file and --key-file go together, as do --log-group and --key-file, unless --log is there to compare with',
    );
  }
  if (log !== undefined) {
    const given = keys ?? (existsSync(ws.keyList) ? ws.keyList : undefined);
    if (given === undefined) throw new CliError('CLI_USAGE', '--log needs --keys, the list of the public keys');
    return { name: file ?? log, file, log, keys: given };
  }
  if (file !== undefined) return { name: file, file, log, keys };
  requireWorkspace(ws);
  const { auditTrail, merkleLog, keyList } = ws;
  if (!isSealed(ws)) return { name: auditTrail, file: auditTrail, log: undefined, keys };
  return { name: auditTrail, file: auditTrail, log: merkleLog, keys: keys ?? keyList };
}

/** What a verifier may know of a log: without one, nothing would be checked. */
const ABOUT_THE_LOG = ['policy', 'tsa', 'known', 'every', 'checkpoints'] as const;

/**
 * Rejects with `CliError` for a trail without any record, which proves nothing, and for what needs a log without one. `given`: the
 * records, where they were read already.
 */
export async function verifySubject(
  subject: Subject,
  request: VerifyRequest,
  ws: Workspace,
  given?: RecordLines,
): Promise<EvidenceReport> {
  const { name, file, log } = subject;
  const ofLog = ABOUT_THE_LOG.find((option) => request[option] !== undefined);
  if (ofLog !== undefined && log === undefined) {
    throw new CliError('CLI_USAGE', `--${ofLog} needs a log: run "protector audit seal" first, or give --log`);
  }
  const [policy, timestamps] = await Promise.all([readWitnessPolicy(request.policy), timestampsOf(request)]);
  const now = Math.floor(request.nowMs / 1000);
  const isOwn = (request.file ?? request.logGroup ?? request.log) === undefined;
  const { keys, recordKeys, findings } = isOwn
    ? await workspaceEvidence(ws, now, request.keys)
    : await givenKeys(subject, request);
  const known = await Promise.all((request.known ?? []).map(async (path) => [path, await readBytes(path)] as const));
  const lines = given ?? linesOf(file, request);
  const isGone = isOwn && log !== undefined && !existsSync(ws.auditTrail);
  using _ = scopeOf(recordKeys?.values() ?? []);
  const report = await verifyEvidence({
    ...(log !== undefined && {
      log: {
        reader: await objectsAt(log),
        known: new Map(known),
        now,
        ...promised(request),
        ...(policy && { policy }),
        timestamps,
      },
    }),
    latest: Math.max(now, Math.floor((request.clockMs ?? 0) / 1000)),
    ...(lines !== undefined && { records: isGone ? [] : lines }),
    isExcerpt: request.excerpt === true,
    recordKeys,
    keys,
  });
  const unread = (lines?.unread ?? []).map(({ path, why }): EvidenceFinding => {
    return { kind: 'unreadable', where: 'records', path, detail: why };
  });
  const all = [...findings, ...(isGone ? [goneFinding(ws.auditTrail)] : []), ...unread, ...placed(report, lines)];
  const complete = { ...report, findings: all, valid: all.every(({ note }) => note === true) };
  if (complete.records === 0 && complete.valid && report.log?.newest === undefined) {
    throw new CliError('CLI_USAGE', `${name} holds no audit record`);
  }
  return complete;
}

function linesOf(file: string | undefined, { logGroup }: VerifyRequest): RecordLines | undefined {
  if (logGroup !== undefined) return linesOfLogGroup(logGroup);
  return file === undefined ? undefined : new RecordLines(file);
}

function promised({
  every,
  checkpoints,
}: VerifyRequest): Pick<NonNullable<EvidenceOptions['log']>, 'everyS' | 'checkpoints'> {
  return { ...(every !== undefined && { everyS: every }), ...(checkpoints !== undefined && { checkpoints }) };
}

async function givenKeys({ keys }: Subject, { keyFile }: VerifyRequest): Promise<WorkspaceEvidence> {
  return {
    keys: keys === undefined ? undefined : await readKeyList(keys),
    recordKeys: keyFile && (await readRecordKeys(keyFile)),
    findings: [],
  };
}

function goneFinding(path: string): EvidenceFinding {
  return { kind: 'missing', where: 'records', path, detail: 'The records are gone' };
}

/** Adds to each finding about a line the file and the line in it. */
function placed({ findings }: EvidenceReport, lines: RecordLines | undefined): readonly EvidenceFinding[] {
  if (lines === undefined) return findings;
  return findings.map((each) => (each.line === undefined ? each : { ...each, place: lines.placeOf(each.line) }));
}

async function timestampsOf({ tsa, tsaWithin, tsaFrom }: VerifyRequest): Promise<TimestampRules | undefined> {
  if (tsa === undefined) {
    if (tsaWithin === undefined && tsaFrom === undefined) return undefined;
    throw new CliError('CLI_USAGE', '--tsa-within and --tsa-from need --tsa, the certificates of the authorities');
  }
  const fromS = tsaFrom && Math.floor(tsaFrom.getTime() / 1000);
  return timestampRules(tsa, { withinS: tsaWithin ?? DEFAULT_WITHIN_S, fromS });
}
