import { readSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { type TrailReport, verifyTrail } from '../../../lib/audit/verify.ts';
import { CliError } from '../failure.ts';
import { linesOf } from '../lines.ts';
import { count, print, styled } from '../output.ts';
import { workspace } from '../workspace.ts';

const SHOWN_FINDINGS = 20;

export interface AuditVerifyOptions {
  readonly dir: string;
  readonly file?: string;
  readonly keyFile?: readonly string[];
  readonly json?: boolean;
}

/** `protector audit verify`: rejects with `CLI_BAD` when anything is wrong with the trail. */
export async function auditVerify(options: AuditVerifyOptions): Promise<void> {
  const ws = workspace(options.dir);
  if ((options.file === undefined) !== (options.keyFile === undefined)) {
    throw new CliError('CLI_USAGE', '--file and --key-file go together');
  }
  const file = options.file ?? ws.auditLog;
  const report = await verifyFile(file, options.keyFile ?? [ws.signingKey]);
  if (options.json === true) print(JSON.stringify({ file, ...report }));
  else printReport(file, report);
  if (!report.valid) throw new CliError('CLI_BAD', `${file} is not intact`);
}

/** Verifies a file of audit records. Rejects with `CliError` for a file without any, which proves nothing. */
export async function verifyFile(file: string, keyFiles: readonly string[]): Promise<TrailReport> {
  const keys = new Map();
  for (const path of keyFiles) {
    const { keyId, key } = await readSigningKey(path);
    keys.set(keyId, key);
  }
  const report = await verifyTrail(linesOf(file), keys);
  if (report.records === 0 && report.valid) throw new CliError('CLI_USAGE', `${file} holds no audit record`);
  return report;
}

function printReport(file: string, report: TrailReport): void {
  const { findings } = report;
  if (report.valid) {
    print(
      `${styled('green', '✓ intact')}  ${file}: ${count(report.records)} records in ${count(report.chains)} chains; ` +
        `every signature holds, none is missing or out of order`,
    );
    print(styled('dim', '  Records cut off at the end of a chain cannot be seen from the file alone.'));
    return;
  }
  for (const { line, kind, detail } of findings.slice(0, SHOWN_FINDINGS)) {
    print(`${styled('red', `✗ ${kind}`)}  ${file}:${line}: ${detail}`);
  }
  if (findings.length > SHOWN_FINDINGS) print(`  … and ${count(findings.length - SHOWN_FINDINGS)} more (see --json)`);
}
