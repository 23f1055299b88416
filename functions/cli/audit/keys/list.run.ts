import { EXIT, type ExitCode } from '../../core/exit.ts';
import type { Io } from '../../core/io.ts';
import { ensureKeyList, readKeyList } from '../../trail/key-list.ts';
import { requireWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { printKeyList } from './print.ts';

/** Shows a key list. A workspace that has none gets one. */
export async function showKeyList(ws: Workspace, path: string | undefined, json: boolean, io: Io): Promise<ExitCode> {
  if (path === undefined) requireWorkspace(ws);
  printKeyList(io, path === undefined ? await ensureKeyList(ws) : await readKeyList(path), json);
  return EXIT.ok;
}
