// Which sealed policy of a workspace is in force, so that an older one, though authentic, does not come back by being
// copied over a newer one.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorCode } from '../../../lib/base/error-code.ts';
import { BundleError, type SealedBundle } from '../../../lib/crypto/sealed-bundle.ts';
import { replaceFile } from '../files/replace.ts';
import type { Workspace } from '../workspace/workspace.ts';

const floorSchema = z.strictObject({
  version: z.int().min(1),
  /** SHA-256 of the bundles that may be opened, two while one replaces the other, in hexadecimal. */
  digests: z.array(z.string()).min(1),
});

/**
 * Replaces the sealed policy. Safe to interrupt: until the end, the one before may be opened too. `before` is the bundle
 * that is there now; the first policy replaces none, and needs no floor.
 */
export async function putInForce(
  ws: Workspace,
  bundle: SealedBundle<{ readonly version: number }>,
  before: unknown,
): Promise<void> {
  const digest = digestOf(bundle);
  const { version } = bundle;
  const text = `${JSON.stringify(bundle, null, 2)}\n`;
  if (before === undefined && !existsSync(ws.policyFloor)) return replaceFile(ws.sealedPolicy, text);
  await writeFloor(ws, { version, digests: before === undefined ? [digest] : [digest, digestOf(before)] });
  await replaceFile(ws.sealedPolicy, text);
  await writeFloor(ws, { version, digests: [digest] });
}

/**
 * Throws `BundleError` `BUNDLE_SUPERSEDED` for a sealed policy that is not in force. A workspace of a release that kept no
 * floor takes any.
 */
export async function checkInForce(ws: Workspace, bundle: unknown): Promise<void> {
  const floor = await readFloor(ws);
  if (floor === undefined || floor.digests.includes(digestOf(bundle))) return;
  throw new BundleError(
    'BUNDLE_SUPERSEDED',
    `${ws.sealedPolicy} is not the policy in force, version ${floor.version}: run "protector policy rollback --to ${floor.version}", or "protector policy seal"`,
  );
}

function digestOf(bundle: unknown): string {
  return createHash('sha256').update(JSON.stringify(bundle)).digest('hex');
}

async function writeFloor(ws: Workspace, floor: z.infer<typeof floorSchema>): Promise<void> {
  await replaceFile(ws.policyFloor, `${JSON.stringify(floor)}\n`);
}

async function readFloor(ws: Workspace): Promise<z.infer<typeof floorSchema> | undefined> {
  let text: string;
  try {
    text = await readFile(ws.policyFloor, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unreadable(ws);
  }
  try {
    return floorSchema.parse(JSON.parse(text));
  } catch {
    throw unreadable(ws);
  }
}

function unreadable(ws: Workspace): BundleError {
  return new BundleError(
    'BUNDLE_SUPERSEDED',
    `${ws.policyFloor} cannot be read, which names the policy in force: run "protector policy seal"`,
  );
}
