import type { EvidenceFinding, EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';
import { isoTime } from '../../../lib/base/clock.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { count, print, printJson, quantity, sayFailure, styled, visible } from '../output/text.ts';
import { type Subject, subjectOf, type VerifyRequest, verifySubject } from '../trail/verify.ts';
import type { Workspace } from '../workspace/workspace.ts';

const SHOWN_FINDINGS = 20;

/** Verifies a trail, and prints every finding with its place. The exit code is 1 when anything is wrong. */
export async function verifyTrail(ws: Workspace, request: VerifyRequest, json: boolean, io: Io): Promise<ExitCode> {
  const subject = subjectOf(request, ws);
  const report = await verifySubject(subject, request, ws);
  if (json) printJson(io, { ...subject, ...report });
  else printReport(io, subject, report);
  if (report.valid) return EXIT.ok;
  const wrong = report.findings.filter(({ note }) => note !== true);
  const isOnlyUnverified = wrong.every(({ kind }) => kind === 'unverified');
  sayFailure(io, `${subject.name} ${isOnlyUnverified ? 'is not verified in whole' : 'is not intact'}`);
  return EXIT.bad;
}

function printReport(io: Io, { name, file, log }: Subject, report: EvidenceReport): void {
  const { findings } = report;
  const wrong = findings.filter(({ note }) => note !== true);
  if (report.valid) {
    print(
      io,
      `${styled(io.stdout, 'green', '✓ intact')}  ${visible(name)}: ${quantity(report.records, 'record')} in ${quantity(report.chains, 'chain')}; ` +
        `${report.checksumsVerified ? 'every signature holds, ' : ''}none is missing or out of order`,
    );
    const hint = log === undefined ? endHint() : logSummary(log, report);
    print(io, styled(io.stdout, 'dim', `  ${hint}`));
  }
  for (const finding of wrong.slice(0, SHOWN_FINDINGS)) {
    print(io, `${styled(io.stdout, 'red', `✗ ${finding.kind}`)}  ${wordsOf(finding, file, log)}`);
  }
  for (const line of witnessLines(report)) print(io, visible(line));
  const notes = findings.filter(({ note }) => note === true);
  for (const finding of notes.slice(0, SHOWN_FINDINGS)) {
    print(io, `${styled(io.stdout, 'dim', `• ${finding.kind}`)}  ${wordsOf(finding, file, log)}`);
  }
  const more = Math.max(0, wrong.length - SHOWN_FINDINGS) + Math.max(0, notes.length - SHOWN_FINDINGS);
  if (more > 0) print(io, `  … and ${count(more)} more (see --json)`);
  if (report.unverified !== undefined) {
    const { records, successCount } = report.unverified;
    print(
      io,
      `  not verified: ${quantity(records, 'record')} about ${quantity(successCount, 'value')}, which no sum contains`,
    );
  }
  if (!report.checksumsVerified) {
    const limit = 'No record key was given, so the checksums of the records were not verified; everything else was.';
    print(io, styled(io.stdout, 'dim', `  ${limit}`));
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

function wordsOf(finding: EvidenceFinding, file: string | undefined, log: string | undefined): string {
  return visible(`${placeOf(finding, file, log)}: ${finding.detail}`);
}

/** Says of each witness of the policy what it has seen, and since when. */
function witnessLines({ witnesses }: EvidenceReport): readonly string[] {
  if (witnesses === undefined) return [];
  const { quorum, witnessed } = witnesses;
  const covered = witnessed === undefined ? 'no checkpoint' : `all up to checkpoint ${witnessed.number}`;
  return [
    `  quorum ${quorum}: has seen ${covered}`,
    ...witnesses.witnesses.map(({ name, checkpoints, since, newest }) =>
      since === undefined || newest === undefined
        ? `  witness ${name}: has seen nothing`
        : `  witness ${name}: has seen ${quantity(newest.size, 'sealed record')} at ${isoTime(newest.time)} (checkpoint ${newest.number}); ${quantity(checkpoints, 'cosignature')} since ${isoTime(since.time)}`,
    ),
  ];
}

function placeOf(
  { where, line, place, leaf, path }: EvidenceFinding,
  file: string | undefined,
  log: string | undefined,
): string {
  if (line !== undefined) return place ?? `${file ?? ''}:${line}`;
  if (path !== undefined) return where === 'log' ? `${log ?? ''}/${path}` : path;
  return where === 'log' ? `${log ?? ''}, leaf ${leaf ?? 0}` : (file ?? '');
}
