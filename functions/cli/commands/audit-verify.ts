import { existsSync } from 'node:fs';
import { type EvidenceFinding, type EvidenceReport, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import { CliError } from '../failure.ts';
import { readKeyList, readRecordKeys, workspaceRecordKeys } from '../key-list-file.ts';
import { objectsAt, readBytes, recordLines } from '../log-location.ts';
import { count, print, quantity, styled } from '../output.ts';
import { type Workspace, workspace } from '../workspace.ts';

const SHOWN_FINDINGS = 20;

export interface AuditVerifyOptions {
  readonly dir: string;
  readonly file?: string;
  readonly keyFile?: readonly string[];
  readonly log?: string;
  readonly keys?: string;
  readonly known?: readonly string[];
  readonly asOf?: Date;
  readonly excerpt?: boolean;
  readonly json?: boolean;
}

/** What is verified, with what. */
interface Subject {
  /** Names it in messages. */
  readonly name: string;
  readonly file: string | undefined;
  readonly log: string | undefined;
  readonly keys: string | undefined;
}

/** `protector audit verify`: rejects with `CLI_BAD` when anything is wrong with the trail. */
export async function auditVerify(options: AuditVerifyOptions): Promise<void> {
  const ws = workspace(options.dir);
  const subject = subjectOf(options, ws);
  const report = await verifySubject(subject, options, ws);
  if (options.json === true) print(JSON.stringify({ ...subject, ...report }));
  else printReport(subject, report);
  if (!report.valid) throw new CliError('CLI_BAD', `${subject.name} is not intact`);
}

/** Verifies the records of a workspace, against its log where it has one. */
export function verifyWorkspace(ws: Workspace): Promise<EvidenceReport> {
  const options = { dir: ws.dir };
  return verifySubject(subjectOf(options, ws), options, ws);
}

function subjectOf({ file, log, keyFile, keys }: AuditVerifyOptions, ws: Workspace): Subject {
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
  const isSealed = ownKeys !== undefined && existsSync(`${ws.log}/${NEWEST_CHECKPOINT}`);
  return { name: ws.auditLog, file: ws.auditLog, log: isSealed ? ws.log : undefined, keys: keys ?? ownKeys };
}

/** Rejects with `CliError` for a trail without any record, which proves nothing. */
async function verifySubject(subject: Subject, options: AuditVerifyOptions, ws: Workspace): Promise<EvidenceReport> {
  const { name, file, log, keys } = subject;
  const isOwn = options.file === undefined && options.log === undefined;
  const known = await Promise.all((options.known ?? []).map(async (path) => [path, await readBytes(path)] as const));
  const report = await verifyEvidence({
    ...(log !== undefined && {
      log: {
        reader: objectsAt(log),
        known: new Map(known),
        now: Math.floor((options.asOf?.getTime() ?? Date.now()) / 1000),
      },
    }),
    ...(file !== undefined && { records: recordLines(file) }),
    isExcerpt: options.excerpt === true,
    recordKeys: isOwn ? await workspaceRecordKeys(ws) : options.keyFile && (await readRecordKeys(options.keyFile)),
    keys: keys === undefined ? undefined : await readKeyList(keys),
  });
  if (report.records === 0 && report.valid && report.log?.newest === undefined) {
    throw new CliError('CLI_USAGE', `${name} holds no audit record`);
  }
  return report;
}

function printReport({ name, file, log }: Subject, report: EvidenceReport): void {
  const { findings } = report;
  const wrong = findings.filter(({ note }) => note !== true);
  if (report.valid) {
    print(
      `${styled('green', '✓ intact')}  ${name}: ${quantity(report.records, 'record')} in ${quantity(report.chains, 'chain')}; ` +
        `${report.checksumsVerified ? 'every signature holds, ' : ''}none is missing or out of order`,
    );
    const hint = log === undefined ? endHint() : logSummary(log, report);
    print(styled('dim', `  ${hint}`));
  }
  for (const finding of wrong.slice(0, SHOWN_FINDINGS)) {
    print(`${styled('red', `✗ ${finding.kind}`)}  ${placeOf(finding, file, log)}: ${finding.detail}`);
  }
  const notes = findings.filter(({ note }) => note === true);
  for (const finding of notes.slice(0, SHOWN_FINDINGS)) {
    print(`${styled('dim', `• ${finding.kind}`)}  ${placeOf(finding, file, log)}: ${finding.detail}`);
  }
  const more = Math.max(0, wrong.length - SHOWN_FINDINGS) + Math.max(0, notes.length - SHOWN_FINDINGS);
  if (more > 0) print(`  … and ${count(more)} more (see --json)`);
  if (!report.checksumsVerified) {
    print(
      styled(
        'dim',
        '  No record key was given, so the checksums of the records were not verified; everything else was.',
      ),
    );
  }
}

function endHint(): string {
  return 'Records cut off at the end of a chain cannot be seen from the file alone: "protector audit seal" makes a log that shows it.';
}

function logSummary(log: string, { log: verified }: EvidenceReport): string {
  const newest = verified?.newest;
  const size = `${quantity(newest?.size ?? 0, 'sealed record')} under ${quantity(verified?.checkpoints ?? 0, 'checkpoint')}`;
  return `${log}: ${size}; every tile, every inclusion and every step from one checkpoint to the next holds`;
}

function placeOf(
  { where, line, leaf, path }: EvidenceFinding,
  file: string | undefined,
  log: string | undefined,
): string {
  if (line !== undefined) return `${file ?? ''}:${line}`;
  if (path !== undefined) return `${log ?? ''}/${path}`;
  return where === 'log' ? `${log ?? ''}, leaf ${leaf ?? 0}` : (file ?? '');
}
