// What the verifier's report says to someone who looks at a page.
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { Verdict } from '../../../lib/console/messages.ts';
import type { EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';

const MOST_FINDINGS = 100;

/** @param atMs when the verification ended, epoch milliseconds */
export function verdictOf(report: EvidenceReport, atMs: number): Verdict {
  const wrong = report.findings.filter(({ note }) => note !== true);
  const isOnlyUnverified = wrong.every(({ kind }) => kind === 'unverified');
  const { records, chains, checksumsVerified, log, witnesses } = report;
  return {
    is: report.valid ? 'intact' : isOnlyUnverified ? 'unverified' : 'broken',
    records,
    chains,
    checksumsVerified,
    log,
    witnesses,
    findings: wrong.slice(0, MOST_FINDINGS),
    findingCount: wrong.length,
    atMs,
  };
}

/** Returns the verdict where the verifier could not do its work. */
export function impossible(error: unknown): Verdict {
  // Any other error is a bug, whose message may quote what it met.
  const why = error instanceof ProtectorError ? error.message : 'The verifier ended with an unexpected error';
  return { is: 'impossible', why };
}
