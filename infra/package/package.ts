// npm run package [-- --config FILE] [--outdir DIR]: writes the deployment as CloudFormation templates and ZIP files, for
// those who deploy without the CDK. FILE holds the configuration as JSON: what the context `protector` is for the CDK.
//
//   stacks.txt        names of the stacks, in the order of their deployment; a witness and the second Region are deployed alone
//   templates/        a template each
//   artifacts/        code of the functions, named by its digest
//   deploy.sh         uploads and deploys with the AWS command line
//   terraform/        a module that deploys the same templates
//   SHA256SUMS        the digest of each file, as `sha256sum --check` reads it
//
// Equal sources and configurations give equal bytes.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { type Zippable, zipSync } from 'fflate';
import { type Config, ConfigError, parseConfig } from '../config.ts';
import { deploymentOf } from '../deployment.ts';
import { packageSynthesizer, type Take } from './synthesizer.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
/** How the names of stacks for another account or Region end. */
const ELSEWHERE = ['-witness', '-recovery'];
/** The earliest date that ZIP has, in the local time that the library writes. */
const DATE = new Date(1980, 0, 1);
/** A regular file that every user may read, made by UNIX: Lambda runs functions as another user. */
const READABLE = { os: 3, attrs: (0o100644 << 16) >>> 0, mtime: DATE, level: 9 } as const;

/**
 * Writes a package of the bundled functions and `context`, an object or its JSON text, to `outdir`, which is emptied first.
 * Returns the stacks' names. Throws `ConfigError` before it changes anything.
 */
export function writePackage(context: unknown, bundles: string, outdir: string): readonly string[] {
  const config = parseConfig(context);
  rmSync(outdir, { recursive: true, force: true });
  for (const folder of ['artifacts', 'templates']) mkdirSync(join(outdir, folder), { recursive: true });
  const assembly = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const names = synthesize(config, bundles, assembly, takerInto(join(outdir, 'artifacts'), assembly));
    for (const name of names) {
      const file = `${name}.template.json`;
      cpSync(join(assembly, file), join(outdir, 'templates', file));
    }
    const here = names.filter((name) => !ELSEWHERE.some((suffix) => name.endsWith(suffix)));
    writeFileSync(join(outdir, 'stacks.txt'), `${here.join('\n')}\n`);
    for (const each of ['deploy.sh', 'terraform']) cpSync(join(HERE, each), join(outdir, each), { recursive: true });
    writeFileSync(join(outdir, 'SHA256SUMS'), digestsOf(outdir));
    return names;
  } finally {
    rmSync(assembly, { recursive: true });
  }
}

/** Writes the templates to `assembly` and returns the names of the stacks: each follows those that it depends on. */
function synthesize(config: Config, bundles: string, assembly: string, take: Take): readonly string[] {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const defaultStackSynthesizer = packageSynthesizer(take);
  const app = new App({ outdir: assembly, context, analyticsReporting: false, defaultStackSynthesizer });
  deploymentOf(app, config, bundles);
  app.synth();
  const names: string[] = [];
  const add = (stack: Stack): void => {
    if (names.includes(stack.stackName)) return;
    for (const needed of stack.dependencies) add(needed);
    names.push(stack.stackName);
  };
  for (const child of app.node.children) if (Stack.isStack(child)) add(child);
  return names;
}

/** Zips folders, whose content the template names by digest. */
function takerInto(artifacts: string, assembly: string): Take {
  return ({ path, isFolder }) => {
    const whole = isAbsolute(path) ? path : join(assembly, path);
    const bytes = isFolder ? zipSync(contentOf(whole)) : readFileSync(whole);
    const suffix = isFolder ? '.zip' : basename(path).slice(basename(path).indexOf('.'));
    const name = `${createHash('sha256').update(bytes).digest('hex')}${suffix}`;
    writeFileSync(join(artifacts, name), bytes);
    return name;
  };
}

function contentOf(folder: string): Zippable {
  return Object.fromEntries(filesIn(folder).map((file) => [file, [readFileSync(join(folder, file)), READABLE]]));
}

/** Lists the files below a folder by their paths, in an order that no machine changes. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

function digestsOf(outdir: string): string {
  const lines = filesIn(outdir).map(
    (file) =>
      `${createHash('sha256')
        .update(readFileSync(join(outdir, file)))
        .digest('hex')}  ${file}\n`,
  );
  return lines.join('');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      bundles: { type: 'string', default: join(ROOT, 'dist') },
      outdir: { type: 'string', default: join(ROOT, 'package') },
    },
  });
  try {
    const context = values.config === undefined ? undefined : readFileSync(values.config, 'utf8');
    const names = writePackage(context, values.bundles, values.outdir);
    process.stdout.write(`${values.outdir}: ${names.length} stacks, in this order: ${names.join(', ')}\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
