import { existsSync } from 'node:fs';
import type { SealReport } from '../../../lib/evidence/sealer.ts';
import type { WitnessOutcome } from '../../../lib/transparency/cosigning.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { isInS3 } from '../files/place.ts';
import { count, print, printJson, quantity, sayFailure, styled, visible } from '../output/text.ts';
import { sayUnread } from '../trail/records.ts';
import { sealRecords } from '../trail/seal.ts';
import { authoritiesAt, stampOfWorkspace } from '../trail/timestamps.ts';
import { readWitnessPolicy } from '../trail/witness-policy.ts';
import { requireWorkspace, type Workspace } from '../workspace/workspace.ts';

interface SealRequest {
  readonly file: string | undefined;
  readonly policy: string | undefined;
  readonly tsaUrl: readonly string[] | undefined;
}

/** Seals new records into the Merkle log. The exit code is 1 when a record, or a witness, contradicts what was sealed before. */
export async function sealTrail(ws: Workspace, request: SealRequest, json: boolean, io: Io): Promise<ExitCode> {
  requireWorkspace(ws);
  const file = request.file ?? ws.auditTrail;
  if (!isInS3(file) && !existsSync(file)) throw new CliError('CLI_USAGE', `${file} is not there`);
  const authorities = request.tsaUrl && authoritiesAt(request.tsaUrl);
  const report = await sealRecords(ws, file, io.nowMs, await readWitnessPolicy(request.policy));
  const number = report.checkpoint?.number;
  const stamp = authorities && number !== undefined ? await stampOfWorkspace(ws, authorities, number) : undefined;
  if (json) printJson(io, { ...toJson(report), ...(stamp && { timestamps: stamp.asked }) });
  else {
    show(io, ws, report);
    for (const { name, failure } of stamp?.asked ?? []) print(io, `  ${failure ?? `timestamp of ${name}`}`);
  }
  sayUnread(io, report.unread);
  const isRefuted = report.asked.some(({ outcome }) => REFUTING.includes(outcome));
  if (report.forked.length > 0) sayFailure(io, 'Some records contradict others: both were sealed');
  if (isRefuted) sayFailure(io, 'A witness has seen another history of this log: run "protector audit verify"');
  if (report.forked.length > 0 || isRefuted) return EXIT.bad;
  return report.unread.length > 0 ? EXIT.usage : EXIT.ok;
}

/** Answers of a witness that knows another history. Nobody else writes to the log of a workspace. */
const REFUTING: readonly WitnessOutcome[] = ['inconsistent', 'ahead'];

/** What became of asking a witness. */
const ANSWERS: Readonly<Record<WitnessOutcome, string>> = {
  cosigned: 'cosigned',
  unavailable: 'gave no answer in time; the next checkpoint asks again',
  inconsistent: 'has seen another tree than this one',
  ahead: 'has seen a larger tree than this one',
  'unknown-log': 'does not know this log',
  refused: 'knows no key that signed this checkpoint',
  unverifiable: 'gave no valid cosignature',
};

function show(io: Io, ws: Workspace, report: SealReport): void {
  const { checkpoint, sealed, repeated, rejected, forked, holes, asked } = report;
  const number = checkpoint?.number === undefined ? '' : `, checkpoint ${checkpoint.number}`;
  print(
    io,
    `${styled(io.stdout, 'green', '✓')} ${quantity(sealed, 'record')} sealed; ${ws.merkleLog} holds ${count(checkpoint?.size ?? 0)}${number}`,
  );
  if (repeated > 0) print(io, `  ${count(repeated)} of them were sealed before, and are not sealed again`);
  if (rejected > 0) print(io, `  ${count(rejected)} lines are no signed records, and are not sealed`);
  for (const id of forked)
    print(
      io,
      `${styled(io.stdout, 'red', '✗ forked')}  ${visible(id)} contradicts a record that was sealed before; both are kept`,
    );
  for (const { chainId, from, to } of holes)
    print(io, `  missing so far: ${from} to ${to} of chain ${visible(chainId)}`);
  for (const { name, outcome } of asked) print(io, `  witness ${visible(name)} ${ANSWERS[outcome]}`);
}

function toJson({ checkpoint, ...report }: SealReport): object {
  if (checkpoint === undefined) return report;
  return { ...report, checkpoint: { ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') } };
}
