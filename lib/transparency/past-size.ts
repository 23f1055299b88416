// Finds where in a log the leaves of a time begin, by the times of its checkpoints. Reads a log as its writer keeps it:
// checks no signature and no hash, which is the task of verify-log.ts.
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { LogError } from './errors.ts';
import { checkpointPath, NEWEST_CHECKPOINT } from './layout.ts';
import { parseNote } from './note.ts';
import type { TileReader } from './ports.ts';

/**
 * Reads the newest checkpoint; undefined for a log without one. Looks behind the object `checkpoint`, which a writer
 * replaces last. Rejects with `LogError`.
 */
export async function readNewest(reader: TileReader): Promise<Checkpoint | undefined> {
  let newest = await readCheckpoint(reader, NEWEST_CHECKPOINT);
  while (newest?.number !== undefined) {
    // oxlint-disable-next-line no-await-in-loop -- at most a few
    const next = await readCheckpoint(reader, checkpointPath(newest.number + 1));
    if (next === undefined) break;
    newest = next;
  }
  return newest;
}

/**
 * Returns a number of leaves that were sealed before `time` (epoch seconds) for certain: later ones begin there. Reads
 * as many checkpoints as their number has bits. Rejects with `LogError` `LOG_DAMAGED` when one of them is absent.
 */
export async function sizeBefore(reader: TileReader, newest: Checkpoint, time: number): Promise<number> {
  let size = 0;
  let from = 0;
  let to = newest.number ?? -1;
  while (from <= to) {
    const middle = Math.floor((from + to) / 2);
    const path = checkpointPath(middle);
    // oxlint-disable-next-line no-await-in-loop -- each step depends on the one before
    const found = middle === newest.number ? newest : await readCheckpoint(reader, path);
    if (found === undefined) throw new LogError('LOG_DAMAGED', `The log holds no ${path}`);
    if ((found.time ?? Number.POSITIVE_INFINITY) < time) {
      size = found.size;
      from = middle + 1;
    } else to = middle - 1;
  }
  return size;
}

async function readCheckpoint(reader: TileReader, path: string): Promise<Checkpoint | undefined> {
  const bytes = await reader.read(path);
  return bytes === undefined ? undefined : parseCheckpoint(parseNote(bytes).text);
}
