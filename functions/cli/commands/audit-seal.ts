import { existsSync } from 'node:fs';
import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import { CliError } from '../failure.ts';
import { ensureKeyList } from '../key-list-file.ts';
import { isInS3, recordLines } from '../log-location.ts';
import { count, print, quantity, styled } from '../output.ts';
import { type Workspace, workspace } from '../workspace.ts';

export interface AuditSealOptions {
  readonly dir: string;
  readonly file?: string;
  readonly json?: boolean;
}

/** `protector audit seal`: rejects with `CLI_BAD` when a record contradicts one that was sealed before. */
export async function auditSeal(options: AuditSealOptions): Promise<void> {
  const ws = workspace(options.dir);
  const file = options.file ?? ws.auditLog;
  if (!isInS3(file) && !existsSync(file)) throw new CliError('CLI_USAGE', `${file} is not there`);
  const report = await sealRecords(ws, file);
  if (options.json === true) print(JSON.stringify(toJson(report)));
  else show(ws, report);
  if (report.forked.length > 0) throw new CliError('CLI_BAD', 'Some records contradict others: both were sealed');
}

/** Seals what is new in a file into the log of a workspace. A second call with nothing new changes nothing. */
export async function sealRecords(ws: Workspace, file: string): Promise<SealReport> {
  const { origin, checkpointKeys } = await ensureKeyList(ws);
  const store = fileTileStore(ws.log);
  const signer = await insecureLocalCheckpointSigner(ws.checkpointKey);
  const formerKeys = checkpointKeys.map(({ key }) => key);
  const log = new LogWriter({ store, signer, origin, formerKeys, nowMs: Date.now });
  const { tree } = await log.open();
  return new Sealer(log, store).seal(unsealed(recordLines(file), readEntries(store, 0, tree.size)));
}

function show(ws: Workspace, { checkpoint, sealed, repeated, rejected, forked, holes }: SealReport): void {
  const number = checkpoint?.number === undefined ? '' : `, checkpoint ${checkpoint.number}`;
  print(
    `${styled('green', '✓')} ${quantity(sealed, 'record')} sealed; ${ws.log} holds ${count(checkpoint?.size ?? 0)}${number}`,
  );
  if (repeated > 0) print(`  ${count(repeated)} of them were sealed before, and are not sealed again`);
  if (rejected > 0) print(`  ${count(rejected)} lines are no signed records, and are not sealed`);
  for (const id of forked)
    print(`${styled('red', '✗ forked')}  ${id} contradicts a record that was sealed before; both are kept`);
  for (const { chainId, from, to } of holes) print(`  missing so far: ${from} to ${to} of chain ${chainId}`);
}

function toJson({ checkpoint, ...report }: SealReport): object {
  if (checkpoint === undefined) return report;
  return { ...report, checkpoint: { ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') } };
}
