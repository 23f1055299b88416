import { EXIT, type ExitCode } from '../../core/exit.ts';
import type { Io } from '../../core/io.ts';
import { rotateCheckpointKey, rotateRecordKey } from '../../trail/key-list.ts';
import { requireWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { printKeyList } from './print.ts';

/** Makes a new key. What the old one signed stays verifiable. */
export async function rotateAuditKey(
  ws: Workspace,
  what: 'records' | 'checkpoints',
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  requireWorkspace(ws);
  const now = Math.floor(io.nowMs() / 1000);
  printKeyList(io, await (what === 'records' ? rotateRecordKey(ws, now) : rotateCheckpointKey(ws, now)), json);
  return EXIT.ok;
}
