// The usage report as a page that holds everything itself, for an auditor who has nothing else.
import type { ReportData, Verdict } from '../../../lib/console/messages.ts';
import { usageOf } from '../../../lib/console/overview.ts';
import { readersOf } from '../../../lib/console/readers.ts';
import type { RecordRow } from '../../../lib/console/trail-row.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import type { Io } from '../core/io.ts';
import { replaceFile } from '../files/replace.ts';
import type { RecordSource } from '../options.ts';
import type { LeftOut } from '../trail/records.ts';
import { subjectOf, verifySubject } from '../trail/verify.ts';
import { workspace } from '../workspace/workspace.ts';
import { selfContainedPage } from './page-bundle.ts';
import { impossible, verdictOf } from './verdict.ts';

const PERIOD_DAYS = 30;

/** Writes the page for its owner alone: it names users. Rejects when it cannot be written. */
export async function writeHtmlReport(
  path: string,
  source: RecordSource,
  rows: readonly RecordRow[],
  leftOut: LeftOut,
  { nowMs }: Pick<Io, 'nowMs'>,
): Promise<void> {
  const verdict = await verdictOn(source, nowMs);
  const name = source.file ?? source.s3 ?? source.logGroup ?? workspace(source.dir).auditTrail;
  const data: ReportData = {
    release: RELEASE,
    source: name,
    overview: {
      progress: {
        version: 0,
        isReading: false,
        isFollowed: false,
        records: rows.length,
        leftOut: 0,
        malformed: leftOut.malformed,
        uncounted: leftOut.repeated + leftOut.contradicted + (leftOut.checksumsVerified ? leftOut.unverified : 0),
        verdict: verdict.is,
      },
      verdict,
      usage: usageOf(rows),
      nowMs: nowMs(),
    },
    readers: readersOf(rows, PERIOD_DAYS) ?? null,
  };
  await replaceFile(path, await selfContainedPage(`Audit report · ${name}`, data));
}

/** Verifies the whole trail, and not only the range that the report is about. */
async function verdictOn({ dir, file, s3, logGroup, keyFile }: RecordSource, nowMs: () => number): Promise<Verdict> {
  const ws = workspace(dir);
  const request = { file: file ?? s3, logGroup, keyFile, nowMs: nowMs() };
  try {
    return verdictOf(await verifySubject(subjectOf(request, ws), request, ws), nowMs());
  } catch (error) {
    return impossible(error);
  }
}
