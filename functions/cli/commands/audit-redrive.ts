import { stat } from 'node:fs/promises';
import { fileObjectStore } from '../../../lib/adapters/file/object-store.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../../lib/adapters/s3/object-store.ts';
import { DEAD_LETTER_PREFIX } from '../../../lib/contract.ts';
import { DeadLetters } from '../../../lib/delivery/dead-letters.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import { redrive } from '../../../lib/delivery/redrive.ts';
import { UNREADABLE } from '../../../lib/delivery/stream-item.ts';
import { openSearchOf } from '../../esa.ts';
import { pace } from '../../pace.ts';
import { CliError } from '../failure.ts';
import { isInS3, parseS3Url } from '../log-location.ts';
import { count, print, quantity, say } from '../output.ts';

export interface AuditRedriveOptions {
  /** A directory, or `s3://bucket`. */
  readonly store: string;
  readonly json?: boolean;
}

const FOR_AN_HOUR_MS = 3_600_000;

/** `protector audit redrive`: sends the dead letters of the log forwarder again. Rejects with `CLI_BAD` when some are left. */
export async function auditRedrive(options: AuditRedriveOptions): Promise<void> {
  const store = await storeOf(options.store);
  const letters = new DeadLetters(store, DEAD_LETTER_PREFIX);
  const report = await redrive(letters, store, await openSearchOf(), {
    ...pace,
    deadlineMs: Date.now() + FOR_AN_HOUR_MS,
  });
  let never = 0;
  for await (const bundle of letters.read(store, UNREADABLE)) never += bundle.letters?.length ?? 0;
  const left = Object.values(report.left).reduce((sum, one) => sum + one, 0);
  if (options.json === true) print(JSON.stringify({ ...report, neverRecords: never }));
  else {
    print(`${quantity(report.delivered, 'record')} delivered, ${count(left)} left`);
    for (const [reason, number] of Object.entries(report.left)) print(`  ${count(number)}: ${reason}`);
  }
  for (const key of report.unreadable) say(`${key} holds no dead letters`);
  if (never > 0) say(`Never an audit record, look at ${DEAD_LETTER_PREFIX}${UNREADABLE}/: ${quantity(never, 'line')}`);
  if (left > 0) throw new CliError('CLI_BAD', 'Some dead letters are not delivered: they stay where they are');
}

async function storeOf(address: string): Promise<ListableStore> {
  if (isInS3(address)) return s3ObjectStore({ client: s3Client(), bucket: parseS3Url(address).bucket });
  const found = await stat(address).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new CliError('CLI_USAGE', `There is no directory ${address} (an S3 store looks like s3://bucket)`);
  }
  return fileObjectStore(address);
}
