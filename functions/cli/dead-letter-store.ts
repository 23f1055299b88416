// Where the log forwarder keeps what it could not deliver, and what a redrive of it came to.
import { stat } from 'node:fs/promises';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../lib/adapters/s3/object-store.ts';
import type { DeadLetters } from '../../lib/delivery/dead-letters.ts';
import type { DeliverySink, ListableStore } from '../../lib/delivery/ports.ts';
import { redrive, type RedriveReport } from '../../lib/delivery/redrive.ts';
import { pace } from '../runtime/forward/pace.ts';
import { CliError } from './failure.ts';
import { isInS3, parseS3Url } from './log-location.ts';
import { count, print, quantity, say } from './output.ts';

const FOR_AN_HOUR_MS = 3_600_000;

/** The store of a forwarder: a directory, or `s3://bucket`. Rejects with `CliError`. */
export async function forwarderStore(address: string): Promise<ListableStore> {
  if (isInS3(address)) return s3ObjectStore({ client: s3Client(), bucket: parseS3Url(address).bucket });
  const found = await stat(address).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new CliError('CLI_USAGE', `There is no directory ${address} (an S3 store looks like s3://bucket)`);
  }
  return fileObjectStore(address);
}

/** Sends the dead letters that are kept under `name` again, for an hour at most. */
export function redriveNow(
  letters: DeadLetters,
  store: ListableStore,
  sink: DeliverySink,
  name: string,
): Promise<RedriveReport> {
  return redrive(letters, store, sink, { ...pace, name, deadlineMs: Date.now() + FOR_AN_HOUR_MS });
}

/** Says what became of dead letters of some kind, and what is still there. */
export function printRedriven({ delivered, left, unreadable }: RedriveReport, noun: string): void {
  print(`${quantity(delivered, noun)} delivered, ${count(leftOf({ left }))} left`);
  for (const [reason, number] of Object.entries(left)) print(`  ${count(number)}: ${reason}`);
  for (const key of unreadable) say(`${key} holds no dead letters`);
}

export function leftOf({ left }: Pick<RedriveReport, 'left'>): number {
  return Object.values(left).reduce((sum, one) => sum + one, 0);
}

/** How a command ends that left some. */
export function leftBehind(): CliError {
  return new CliError('CLI_BAD', 'Some dead letters are not delivered: they stay where they are');
}
