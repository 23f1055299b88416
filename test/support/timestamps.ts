// Timestamps made by `openssl ts`: test/vectors/timestamps.
import { readFileSync } from 'node:fs';
import { parseCertificates, splitTokens, verifyTimestamp } from '../../lib/transparency/timestamp.ts';
import type { TimestampRules } from '../../lib/transparency/verify-timestamps.ts';

/** Reads a file of test/vectors/timestamps. */
export function timestampFile(name: string): Buffer {
  return readFileSync(new URL(`../vectors/timestamps/${name}`, import.meta.url));
}

/** Rules with the certificates of these files. */
export function fileRules(files: readonly string[], limits: Pick<TimestampRules, 'withinS' | 'fromS'>): TimestampRules {
  const authorities = files.flatMap((file) => parseCertificates(timestampFile(file).toString('latin1')));
  return { ...limits, split: splitTokens, verify: (token, bytes) => verifyTimestamp(token, bytes, authorities) };
}
