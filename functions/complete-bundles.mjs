// After the build: gives every function's folder the index that Lambda loads, and the sink of the audit mode `kinesis`.
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [directory = 'dist'] = process.argv.slice(2);
const entry = new URL('./lambda-entry.mjs', import.meta.url);

for (const item of readdirSync(directory, { withFileTypes: true })) {
  if (!item.isDirectory()) continue;
  copyFileSync(entry, join(directory, item.name, 'index.mjs'));
  copyFileSync(join(directory, 'kinesis.cjs'), join(directory, item.name, 'kinesis.cjs'));
}
rmSync(join(directory, 'kinesis.cjs'));
