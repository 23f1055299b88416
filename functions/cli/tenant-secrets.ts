// The values of the secrets that a tenants file refers to: a file of their own, which only its owner may read.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod/mini';
import { errorCode } from '../../lib/base/error-code.ts';
import type { SecretValues } from '../../lib/tenants/references.ts';
import { CliError } from './failure.ts';
import { replaceFile } from './replace-file.ts';

/** Name → the value itself, or where it is: an environment variable, or a file (a PEM, a Google key) beside this one. */
const secretsSchema = z.record(
  z.string(),
  z.union([z.string(), z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]),
);

/** Others than the owner may do something with the file. */
const OTHERS = 0o077;

/**
 * Reads a secrets file; where there is none, there are no secrets. Rejects with `CliError` that names secrets and never says one:
 * also where others than its owner may read it.
 */
export async function readTenantSecrets(path: string): Promise<SecretValues> {
  if (!existsSync(path)) return new Map();
  await requirePrivate(path);
  const values = new Map<string, string>();
  for (const [name, secret] of Object.entries(await parse(path))) {
    // oxlint-disable-next-line no-await-in-loop -- few files, and the first that is missing is said
    values.set(name, typeof secret === 'string' ? secret : await referredTo(path, name, secret));
  }
  return values;
}

/** Writes a secrets file that only its owner may read. */
export async function writeTenantSecrets(path: string, values: Readonly<Record<string, string>>): Promise<void> {
  await replaceFile(path, `${JSON.stringify(values, null, 2)}\n`);
}

async function parse(path: string): Promise<z.infer<typeof secretsSchema>> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // A syntax error quotes the text.
    throw unusable(path, error instanceof SyntaxError ? 'it is not JSON' : `it cannot be read (${errorCode(error)})`);
  }
  const parsed = secretsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw unusable(path, 'it must be an object of names, each with a text, {"env": "<variable>"} or {"file": "<path>"}');
}

async function referredTo(
  path: string,
  name: string,
  secret: { readonly env: string } | { readonly file: string },
): Promise<string> {
  const shown = JSON.stringify(name);
  if ('env' in secret) {
    const value = process.env[secret.env];
    if (value !== undefined && value !== '') return value;
    throw unusable(path, `the secret ${shown} is in the environment variable ${secret.env}, which is not set`);
  }
  const file = resolve(dirname(path), secret.file);
  try {
    await requirePrivate(file);
    // Editors end a file with a line break, which is no part of a token.
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unusable(path, `the secret ${shown} is in ${file}, which cannot be read (${errorCode(error)})`);
  }
}

/** Windows keeps no such bits. */
async function requirePrivate(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  throw new CliError('CLI_USAGE', `${path} holds secrets, and others may read it: run "chmod 600 ${path}"`);
}

function unusable(path: string, why: string): CliError {
  return new CliError('CLI_USAGE', `${path} cannot be used: ${why}`);
}
