import { existsSync } from 'node:fs';
import type { SealReport } from '../../../lib/evidence/sealer.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { isInS3 } from '../files/place.ts';
import { count, print, printJson, quantity, sayFailure, styled, visible } from '../output/text.ts';
import { sayUnread } from '../trail/records.ts';
import { sealRecords } from '../trail/seal.ts';
import { authoritiesAt, stampOfWorkspace } from '../trail/timestamps.ts';
import type { Workspace } from '../workspace/workspace.ts';

interface SealRequest {
  readonly file: string | undefined;
  readonly tsaUrl: readonly string[] | undefined;
}

/** Seals new records into the Merkle log. The exit code is 1 when a record contradicts one that was sealed before. */
export async function sealTrail(ws: Workspace, request: SealRequest, json: boolean, io: Io): Promise<ExitCode> {
  const file = request.file ?? ws.auditTrail;
  if (!isInS3(file) && !existsSync(file)) throw new CliError('CLI_USAGE', `${file} is not there`);
  const authorities = request.tsaUrl && authoritiesAt(request.tsaUrl);
  const report = await sealRecords(ws, file, io.nowMs);
  const number = report.checkpoint?.number;
  const stamp = authorities && number !== undefined ? await stampOfWorkspace(ws, authorities, number) : undefined;
  if (json) printJson(io, { ...toJson(report), ...(stamp && { timestamps: stamp.asked }) });
  else {
    show(io, ws, report);
    for (const { name, failure } of stamp?.asked ?? []) print(io, `  ${failure ?? `timestamp of ${name}`}`);
  }
  sayUnread(io, report.unread);
  if (report.forked.length > 0) sayFailure(io, 'Some records contradict others: both were sealed');
  if (report.forked.length > 0) return EXIT.bad;
  return report.unread.length > 0 ? EXIT.usage : EXIT.ok;
}

function show(io: Io, ws: Workspace, { checkpoint, sealed, repeated, rejected, forked, holes }: SealReport): void {
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
}

function toJson({ checkpoint, ...report }: SealReport): object {
  if (checkpoint === undefined) return report;
  return { ...report, checkpoint: { ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') } };
}
