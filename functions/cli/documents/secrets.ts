// The values of the secrets that a tenants file names: in a file of their own, which only its owner may read.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod/mini';
import { errorCode } from '../../../lib/base/error-code.ts';
import type { SecretValues } from '../../../lib/tenants/references.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { replaceFile } from '../files/replace.ts';

/** Name → the value itself, or where it is: an environment variable, or a file (a PEM, a Google key) beside this one. */
const secretsSchema = z.record(
  z.string(),
  z.union([z.string(), z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]),
);

/** The mode bits of everyone but the owner. */
const OTHERS = 0o077;

/**
 * Reads a secrets file; where there is no file, there are no secrets. Rejects with `CliError`, also where others than the owner
 * may read the file. The error names secrets and never holds one. `env` has the values that are in environment variables.
 */
export async function readTenantSecrets(path: string, env: Io['env']): Promise<SecretValues> {
  if (!existsSync(path)) return new Map();
  await requirePrivate(path);
  const values = new Map<string, string>();
  for (const [name, secret] of Object.entries(await parse(path))) {
    // oxlint-disable-next-line no-await-in-loop -- there are few files, and the error names the first that is missing
    values.set(name, typeof secret === 'string' ? secret : await referredTo(path, name, secret, env));
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
  env: Io['env'],
): Promise<string> {
  const shown = JSON.stringify(name);
  if ('env' in secret) {
    const value = env[secret.env];
    if (value !== undefined && value !== '') return value;
    throw unusable(path, `the secret ${shown} is in the environment variable ${secret.env}, which is not set`);
  }
  const file = resolve(dirname(path), secret.file);
  try {
    await requirePrivate(file);
    // Editors end a file with a line break, which is not part of a token.
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unusable(path, `the secret ${shown} is in ${file}, which cannot be read (${errorCode(error)})`);
  }
}

/** Rejects with `CliError` where others than the owner may use a file. Windows keeps no such bits. */
async function requirePrivate(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  throw new CliError('CLI_USAGE', `${path} holds secrets, and others may read it: run "chmod 600 ${path}"`);
}

function unusable(path: string, why: string): CliError {
  return new CliError('CLI_USAGE', `${path} cannot be used: ${why}`);
}
