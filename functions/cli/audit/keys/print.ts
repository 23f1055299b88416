import { formatKeyList, type KeyList } from '../../../../lib/evidence/key-list.ts';
import { isoTime } from '../../../../lib/base/clock.ts';
import type { Io } from '../../core/io.ts';
import { table } from '../../output/table.ts';
import { print } from '../../output/text.ts';

/** Prints a key list, as a table or as the file that it is. */
export function printKeyList(io: Io, list: KeyList, json: boolean): void {
  if (json) {
    io.stdout.write(formatKeyList(list));
    return;
  }
  const rows = [
    ...list.checkpointKeys.map(({ key, ...times }) => ['checkpoints', key.id, key.algorithm, ...period(times)]),
    ...list.recordKeys.map(({ keyId, ...times }) => ['records', keyId, 'hmac-sha256', ...period(times)]),
  ];
  print(io, `Log ${list.origin}`);
  print(io, table(io.stdout, ['key for', 'id', 'algorithm', 'from', 'until'], rows));
}

function period({ from, until }: { from?: number | undefined; until?: number | undefined }): readonly string[] {
  return [from, until].map((time) => (time === undefined ? '' : isoTime(time)));
}
