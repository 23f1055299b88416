// npm run package:npm [-- --outdir DIR]: writes the command line as a package for an npm registry to dist/npm, which
// `npm publish` takes. The repository itself is private: Node strips the types of no file below node_modules, so what is
// published is JavaScript, one file for each source.
//
//   functions/cli, functions/runtime, lib   the sources without their types, for Node 22.18 and newer
//   functions/cli/console/page              the sources, styles and frame of the console's page, which esbuild bundles when it is asked for
//   lib/local/sample                        the sample policy, its tests and tenants, which `protector init` writes
//   schemas                                 JSON Schemas for editors
//   README.md, CHANGELOG.md, LICENSE, SECURITY.md

import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What the code is lowered to, and what test/newcomer/package.sh runs it with. */
const OLDEST_NODE = '22.18.0';
const NAME = '@serverless-protector/cli';
const SOURCES = ['functions/cli', 'functions/runtime', 'lib'];
const DATA = /^(?:lib\/local\/sample\/.+\.(?:json|yaml)|functions\/cli\/console\/page\/.+\.(?:css|html|svg))$/;
/** Not of declarations, and not of AssemblyScript, which is compiled already. */
const CODE = /(?<!\.(?:d|as))\.tsx?$/;
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'];
const START = 'functions/cli/protector.js';

/** What the package takes from the manifest of the repository. */
interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly browser: Readonly<Record<string, string>>;
}

/** Writes the package to `outdir`, which is emptied first. Equal sources give equal bytes. */
export async function writeNpmPackage(outdir: string): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      `${folder}/${name}`.replaceAll('\\', '/'),
    ),
  );
  for (const file of files.filter((name) => CODE.test(name))) {
    // oxlint-disable-next-line no-await-in-loop -- four hundred small files
    write(outdir, file.replace(CODE, '.js'), await javaScriptOf(file));
  }
  for (const file of files.filter((name) => DATA.test(name)))
    write(outdir, file, readFileSync(join(ROOT, file), 'utf8'));
  write(outdir, START, startFile());
  chmodSync(join(outdir, START), 0o755);
  cpSync(join(ROOT, 'schemas'), join(outdir, 'schemas'), { recursive: true });
  for (const file of DOCUMENTS) copyFileSync(join(ROOT, file), join(outdir, file));
  write(outdir, 'package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** Takes the types away, and lowers what the oldest Node does not know. */
async function javaScriptOf(file: string): Promise<string> {
  const { code } = await transform(readFileSync(join(ROOT, file), 'utf8'), {
    loader: file.endsWith('x') ? 'tsx' : 'ts',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    format: 'esm',
    target: `node${OLDEST_NODE}`,
    legalComments: 'inline',
  });
  return javaScriptImports(code);
}

/** The start of the command: an older Node runs JavaScript. */
function startFile(): string {
  const source = readFileSync(join(ROOT, START), 'utf8');
  const started = source.replace(/(const OLDEST = ')[\d.]+(?=';)/, `$1${OLDEST_NODE}`);
  if (started === source) throw new Error(`${START} has another check of Node: change it here too`);
  return javaScriptImports(started);
}

/** Makes each import of a source one of its JavaScript, a worker's file included. */
function javaScriptImports(code: string): string {
  return code.replaceAll(/(\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)(['"])(\.{1,2}\/[^'"]+)\.tsx?\2/g, '$1$2$3.js$2');
}

function manifest(): object {
  const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const { version, description, license, dependencies, optionalDependencies, browser } = own;
  return {
    name: NAME,
    version,
    description,
    license,
    type: 'module',
    // For npm and npx: they find the Node 24 that is an optional dependency, whichever Node they run on themselves. A `protector` that
    // is started past them, or where there is no such package (macOS), needs OLDEST_NODE, and says so.
    engines: { node: '>=20' },
    bin: { protector: START },
    files: ['functions', 'lib', 'schemas', ...DOCUMENTS.filter((file) => /^(?:CHANGELOG|SECURITY)/.test(file))],
    publishConfig: { access: 'public', provenance: true },
    browser: Object.fromEntries(Object.entries(browser).map((pair) => pair.map((file) => file.replace(CODE, '.js')))),
    dependencies,
    optionalDependencies,
  };
}

function write(outdir: string, file: string, text: string): void {
  const path = join(outdir, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { outdir: { type: 'string' } } });
  const outdir = values.outdir ?? join(ROOT, 'dist', 'npm');
  await writeNpmPackage(outdir);
  process.stdout.write(`${NAME} is written to ${outdir}\n`);
}
