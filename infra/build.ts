// npm run build [-- --outdir DIR] [--code-cache COMMAND] [--parquet]: bundles every function into a folder of its own, `dist/<function>`.
//
// A bundle is CommonJS, which Node loads in two thirds of the time of an ES module, behind `index.mjs`, which the
// runtime can await. Packages that few deployments need lie beside the bundle and are loaded on demand.
//
// COMMAND starts the Node of Lambda's runtime, such as `node`, or a container of it with this folder in the same place. It writes
// `index.cache` beside the bundle of each front end: `functions/runtime/bundle/take-code-cache.ts`.
//
// --parquet makes the layer of `files.parquet` too, `dist/duckdb-layer`: the native part of DuckDB for the processor of the functions.

import { execFileSync, execSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { DUCKDB_LAYER, FILES_ENV } from '../lib/contract/file-protector.ts';
import { FRONT_ENDS } from '../lib/contract/front-ends.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/**
 * Packages that the code imports dynamically: for USERNAME_REGEX, for the audit mode `kinesis`, for tenants' roles, for
 * secrets that are read at run time, for JSON Web Tokens, and DuckDB for Parquet.
 */
const BESIDE = [
  're2js',
  '@aws-sdk/client-kinesis',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sts',
  'jose',
  '@duckdb/node-api',
];

/**
 * Own files that few requests need and that the code imports dynamically, with the functions whose bundles they lie
 * beside.
 */
const FILES_BESIDE: Readonly<Record<string, readonly string[]>> = {
  'lib/wire/rest/openapi.ts': ['rest'],
  'functions/runtime/protect/tokens.ts': ['rest'],
  'functions/runtime/protect/s3-budgets.ts': ['redshift', 'snowflake', 'rest', 'file-protector'],
  'lib/adapters/http/service-account.ts': ['log-forwarder'],
};

const filesBeside: Plugin = {
  name: 'files-beside',
  setup: (bundle) => {
    bundle.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      const beside = kind === 'dynamic-import' && relative(ROOT, join(resolveDir, path)) in FILES_BESIDE;
      return beside ? { path: `./${basename(path, '.ts')}.cjs`, external: true } : undefined;
    });
  },
};

/** Returns the names of the functions: every file directly in functions/. */
function functionNames(): string[] {
  return readdirSync(join(ROOT, 'functions'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
}

/**
 * Keeps every package.json out of the bundles but for its version: `lib/contract/release.ts` reads ours, and the SDK
 * names its own to AWS.
 */
const versionAlone: Plugin = {
  name: 'version-alone',
  setup: (bundle) => {
    bundle.onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** A bundle has one runner of FF1 in JavaScript, for a machine without vectors: 10 KB less. */
const oneRunner: Plugin = {
  name: 'one-runner',
  setup: (bundle) => {
    bundle.onResolve({ filter: /\/ff1-runners\.ts$/ }, () => ({
      path: join(ROOT, 'functions/runtime/bundle/ff1-runners.ts'),
    }));
  },
};

/** The native part of DuckDB lies in a layer: 63 MB, which few deployments need. */
const duckdbOfLayer: Plugin = {
  name: 'duckdb-of-layer',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^@duckdb\/node-bindings$/ }, ({ path }) => ({ path, namespace: 'layer' }));
    bundle.onLoad({ filter: /.*/, namespace: 'layer' }, () => ({
      contents: `module.exports = require(process.env[${JSON.stringify(FILES_ENV.duckdb)}]);`,
    }));
  },
};

const options: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  mainFields: ['module', 'main'],
  // `import()` of a module of Node or of a package beside makes Node start its loader of ES modules; `require` does not.
  supported: { 'dynamic-import': false },
  alias: {
    '@aws-sdk/credential-provider-node': './functions/runtime/bundle/lambda-credentials.ts',
    '@smithy/core/event-streams': './functions/runtime/bundle/no-event-streams.ts',
  },
  logLevel: 'warning',
  plugins: [versionAlone, oneRunner],
};

/** Builds all functions into folders of `outdir`. Rejects with the error of esbuild. */
async function buildFunctions(outdir: string): Promise<void> {
  const names = functionNames();
  for (const name of names) removeEarlier(join(outdir, name));
  const result = await build({
    ...options,
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, `functions/${name}.ts`])),
    external: BESIDE,
    plugins: [versionAlone, oneRunner, filesBeside, duckdbOfLayer],
    outExtension: { '.js': '.cjs' },
    metafile: true,
    outdir,
  });
  const files = Object.entries(FILES_BESIDE).flatMap(([file, beside]) =>
    beside.map((name) => [`${name}/${basename(file, '.ts')}`, file] as const),
  );
  const filesResult = await build({
    ...options,
    entryPoints: Object.fromEntries(files),
    external: BESIDE,
    outExtension: { '.js': '.cjs' },
    metafile: true,
    outdir,
  });
  const outputs = { ...result.metafile.outputs, ...filesResult.metafile.outputs };
  const beside = Object.entries(outputs).flatMap(([path, { imports }]) =>
    BESIDE.filter((name) => imports.some((imported) => imported.path === name)).map(
      (name) =>
        [`${basename(dirname(path))}/node_modules/${name}/index`, fileURLToPath(import.meta.resolve(name))] as const,
    ),
  );
  const plugins = [versionAlone, duckdbOfLayer];
  await build({ ...options, entryPoints: Object.fromEntries(beside), external: BESIDE, plugins, outdir });
  for (const name of names)
    copyFileSync(join(ROOT, 'functions/runtime/bundle/lambda-entry.mjs'), join(outdir, name, 'index.mjs'));
  for (const [path, { bytes }] of Object.entries(result.metafile.outputs)) {
    process.stdout.write(`${path}  ${(bytes / 1000).toFixed(1)} kB\n`);
  }
}

/** Removes what an earlier build left in the folder of a function, but for the code cache, which says itself whether it fits. */
function removeEarlier(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    if (entry !== 'index.cache') rmSync(join(folder, entry), { recursive: true });
  }
}

/** Makes the layer of DuckDB from its package, whose digest `package-lock.json` has. Rejects for other bytes. */
function makeDuckdbLayer(outdir: string): void {
  const name = '@duckdb/node-bindings-linux-arm64';
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
  };
  const { version, integrity } = lock.packages[`node_modules/${name}`]!;
  const temporary = mkdtempSync(join(tmpdir(), 'duckdb-layer-'));
  try {
    const packed = execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', temporary]);
    const archive = join(temporary, packed.toString().trim());
    if (`sha512-${hash('sha512', readFileSync(archive), 'base64')}` !== integrity) {
      throw new Error(`${name}@${version} has another digest than package-lock.json says`);
    }
    execFileSync('tar', ['-xzf', archive, '-C', temporary]);
    const target = join(outdir, DUCKDB_LAYER.folder, dirname(DUCKDB_LAYER.file));
    mkdirSync(target, { recursive: true });
    for (const file of ['duckdb.node', 'libduckdb.so', 'LICENSE'])
      copyFileSync(join(temporary, 'package', file), join(target, file));
    writeFileSync(join(outdir, DUCKDB_LAYER.folder, DUCKDB_LAYER.version), version);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Has the Node that `command` starts take the code caches of the front ends. Throws where it cannot. */
function takeCodeCaches(command: string, outdir: string): void {
  const folders = FRONT_ENDS.map((name) => JSON.stringify(relative(ROOT, join(outdir, name))));
  execSync(`${command} functions/runtime/bundle/take-code-cache.ts ${folders.join(' ')}`, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'], // the functions write metrics
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      outdir: { type: 'string', default: join(ROOT, 'dist') },
      'code-cache': { type: 'string' },
      parquet: { type: 'boolean', default: false },
    },
  });
  await buildFunctions(values.outdir);
  if (values.parquet) makeDuckdbLayer(values.outdir);
  if (values['code-cache'] !== undefined) takeCodeCaches(values['code-cache'], values.outdir);
}
