// Who may import whom, and who may touch the world, read off the sources.
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { RELEASE } from '../../lib/contract/release.ts';

/** Path from the repository root → source text. */
type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  /** A path from the root for our own files, else the package or `node:` name. */
  readonly to: string;
}

const CONTRACT = 'lib/contract';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function readSources(): Sources {
  const found = ['lib', 'functions', 'infra'].flatMap((top) => {
    try {
      const names = readdirSync(`${ROOT}${top}`, { recursive: true, encoding: 'utf8' });
      return names.map((name) => `${top}/${name.replaceAll('\\', '/')}`);
    } catch {
      return [];
    }
  });
  const files = found.filter((path) => /\.tsx?$/.test(path) && !path.includes('/node_modules/'));
  return new Map(files.map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
}

/** Source text with its comments blanked; strings stay, as specifiers are strings. */
function withoutComments(source: string): string {
  return source.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[^]*?\*\/|\/\/[^\n]*/g,
    (_, text?: string) => text ?? ' ',
  );
}

/** Static imports, re-exports, dynamic imports, and modules handed to a Worker by URL; type-only ones too. */
function importsOf(path: string, source: string): Import[] {
  const code = withoutComments(source);
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])(.+?)\1/gm,
    /^\s*import\s*(['"])(.+?)\1/gm,
    /\bimport\s*\(\s*(['"`])(.+?)\1/g,
    /\brequire\s*\(\s*(['"`])(.+?)\1/g,
    /new URL\(\s*(['"])(\.[^'"]*\.ts)\1\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, , specifier]) => ({
      from: path,
      to: specifier!.startsWith('.') ? posix.join(posix.dirname(path), specifier!) : specifier!,
    })),
  );
}

const isOurs = (path: string): boolean => /^(?:lib|functions|infra|test)\//.test(path);
const within = (path: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** For files under `folder`: the folders and files of ours they may import, besides their own folder and the contract. */
function onlyImports(folder: string, ...allowed: readonly string[]) {
  return (sources: Sources): string[] =>
    offences(sources, ({ from, to }) => {
      if (!within(from, folder) || !isOurs(to)) return false;
      return !within(to, folder, CONTRACT, ...allowed);
    });
}

function offences(sources: Sources, isOffence: (edge: Import) => boolean): string[] {
  return allImports(sources)
    .filter(isOffence)
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** Imports by path and source: each rule looks at all files, with the same sources but for one. */
const known = new Map<string, readonly Import[]>();

function allImports(sources: Sources): Import[] {
  return [...sources].flatMap(([path, source]) => {
    const key = `${path}\0${source}`;
    if (!known.has(key)) known.set(key, importsOf(path, source));
    return known.get(key)!;
  });
}

/** What an adapter may know of the house: ports, the model they speak in, errors, and how connections leave the house. */
const ADAPTER_KNOWS =
  /^lib\/(?:base\/.+|crypto\/canonical-json\.ts|adapters\/outbound\/.+|(?:crypto|policy|protect|audit|transparency|tenants|events|delivery|publication|files)\/(?:ports|errors|record)\.ts)$/;

function adapterOffences(sources: Sources): string[] {
  return offences(sources, ({ from, to }) => {
    const folder = /^lib\/adapters\/[^/]+/.exec(from)?.[0];
    if (folder === undefined || !isOurs(to)) return false;
    return !within(to, folder, CONTRACT) && !ADAPTER_KNOWS.test(to);
  });
}

/** Where the outer world may be touched. */
const mayTouchTheWorld = (path: string): boolean =>
  within(path, 'lib/adapters', 'lib/local', 'lib/client', 'functions', 'infra');

/** The page of the console: what runs in a browser. */
const PAGE = 'functions/cli/console/page';
/** What the page may use of the house: rooms that Node and browsers both run. */
const PAGE_KNOWS = ['lib/console', 'lib/evidence', 'lib/transparency', 'lib/audit', 'lib/crypto', 'lib/base'];
const PAGE_PACKAGES = ['preact', 'preact/hooks', 'uplot', 'uplot/dist/uPlot.min.css'];

/** What the page imports beyond its rooms and packages, and what it uses of Node. */
function pageOffences(sources: Sources): string[] {
  const imports = offences(sources, ({ from, to }) => {
    if (!within(from, PAGE)) return within(to, PAGE);
    return isOurs(to) ? !within(to, PAGE, CONTRACT, ...PAGE_KNOWS) : !PAGE_PACKAGES.includes(to);
  });
  const ofNode = [...sources].flatMap(([path, source]) => {
    const used = within(path, PAGE)
      ? [...withoutComments(source).matchAll(/\b(?:process|Buffer|require|__dirname)\b/g)]
      : [];
    return used.map(([word]) => `${path} uses ${word}`);
  });
  return [...imports, ...ofNode];
}

/** Packages of Node that compute and do nothing else. */
const PURE_PACKAGES: ReadonlySet<string> = new Set(['node:buffer', 'node:crypto', 'node:util', 'node:zlib']);

/** Packages that compute and do nothing else, by the folder that may use them. */
const PURE_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'lib/crypto': ['@noble/hashes/hmac.js', '@noble/hashes/sha2.js'],
  'lib/discovery': ['libphonenumber-js/min', 'stdnum', 'yaml'],
  'lib/document': ['yaml', 'zod'],
  'lib/policy': ['zod', 'yaml', 're2js'],
  'lib/policy-tests': ['zod'],
  'lib/files': ['zod'],
  'lib/tenants': ['zod'],
  'lib/transparency': ['asn1js', 'cborg', 'pkijs'],
  'lib/wire/rest': ['zod/mini', 'jose'],
  'lib/publication': ['zod'],
};

/** Where the contract has the version number from. */
const MANIFEST: Import = { from: `${CONTRACT}/release.ts`, to: 'package.json' };

/** Packages and modules of Node that the pure part of lib may use. */
function isPureImport({ from, to }: Import): boolean {
  if (from === MANIFEST.from && to === MANIFEST.to) return true;
  const packages = Object.entries(PURE_LIBRARIES).flatMap(([folder, names]) => (within(from, folder) ? names : []));
  return PURE_PACKAGES.has(to) || packages.includes(to);
}

const WORLD =
  /\bprocess\.\w+|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bMath\.random\b|\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b|\bgenerateKey(?:Pair)?(?:Sync)?\b|\bfetch\(|\bset(?:Timeout|Interval|Immediate)\(/g;

function worldOffences(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) =>
    mayTouchTheWorld(path) ? [] : [...withoutComments(source).matchAll(WORLD)].map(([word]) => `${path} uses ${word}`),
  );
}

/** Files that reach themselves, as `a → b → a`; each cycle once. */
function cycles(sources: Sources): string[] {
  const edges = Map.groupBy(allImports(sources), ({ from }) => from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const { to } of edges.get(path) ?? []) if (sources.has(to)) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
}

/** The Lambda functions. */
const ENTRIES: readonly string[] = [
  'file-protector',
  'log-forwarder',
  'log-sealer',
  'log-verifier',
  'policy-agent',
  'redshift',
  'rest',
  'snowflake',
  'tenant-gateway',
  'witness',
].map((name) => `functions/${name}.ts`);

const isEntry = (path: string): boolean => /^functions\/[^/]+\.ts$/.test(path);

/** Imports of another family, and of what joins the families. */
function familyOffences(sources: Sources): string[] {
  const methods = 'lib/protect/methods';
  return offences(sources, ({ from, to }) => {
    const [family, other] = [from, to].map((path) => /^lib\/protect\/methods\/(\w+)\//.exec(path)?.[1]);
    if (family === undefined || !within(to, methods)) return false;
    if (other === undefined) return within(to, `${methods}/registry.ts`, `${methods}/catalogue.ts`);
    return other !== family && !(from === `${methods}/alphabet/fpe.ts` && other === 'card');
  });
}

const CORE = ['lib/crypto', 'lib/base'];

/** A rule, what breaks it, and files that do: the proof that the rule is looked at. */
const RULES: [rule: string, check: (sources: Sources) => string[], planted: Record<string, string>][] = [
  [
    'base imports nothing of lib',
    onlyImports('lib/base'),
    { 'lib/base/a.ts': "import { x } from '../crypto/ff1.ts';" },
  ],
  [
    'crypto imports base only',
    onlyImports('lib/crypto', 'lib/base'),
    { 'lib/crypto/a.ts': "import type { X } from '../audit/record.ts';" },
  ],
  [
    'document imports base only',
    onlyImports('lib/document', 'lib/base'),
    { 'lib/document/a.ts': "import { x } from '../policy/parse.ts';" },
  ],
  ...['audit', 'transparency', 'events'].map((name): (typeof RULES)[number] => [
    `${name} imports crypto and base, and no sibling`,
    onlyImports(`lib/${name}`, ...CORE),
    { [`lib/${name}/a.ts`]: `export * from '../${name === 'audit' ? 'policy' : 'audit'}/b.ts';` },
  ]),
  [
    'policy imports document, crypto and base, and no sibling',
    onlyImports('lib/policy', 'lib/document', ...CORE),
    { 'lib/policy/a.ts': "export * from '../audit/b.ts';" },
  ],
  [
    'tenants imports events, document, crypto and base',
    onlyImports('lib/tenants', 'lib/events', 'lib/document', ...CORE),
    { 'lib/tenants/a.ts': "import { x } from '../policy/parse.ts';" },
  ],
  [
    'delivery imports crypto and base',
    onlyImports('lib/delivery', ...CORE),
    {
      'lib/delivery/a.ts': "import { x } from '../wire/kinesis.ts';",
      'lib/delivery/b.ts': "import { MergedWindow } from '../audit/merged-window.ts';",
    },
  ],
  [
    'evidence imports transparency, audit, crypto and base',
    onlyImports('lib/evidence', 'lib/transparency', 'lib/audit', ...CORE),
    { 'lib/evidence/a.ts': "import { x } from '../policy/parse.ts';" },
  ],
  [
    'siem imports delivery, tenants, events, audit, crypto and base',
    onlyImports('lib/siem', 'lib/delivery', 'lib/tenants', 'lib/events', 'lib/audit', ...CORE),
    { 'lib/siem/a.ts': "import { x } from '../wire/kinesis.ts';" },
  ],
  [
    'client imports events and base, and no adapter: it is for programs of others',
    onlyImports('lib/client', 'lib/events', 'lib/base'),
    { 'lib/client/a.ts': "import { x } from '../tenants/model.ts';" },
  ],
  [
    'protect imports policy, audit, crypto and base',
    onlyImports('lib/protect', 'lib/policy', 'lib/audit', ...CORE),
    { 'lib/protect/methods/a.ts': "import {\n  x,\n} from '../../wire/redshift.ts';" },
  ],
  [
    'policy-tests imports protect, policy, document and base',
    onlyImports('lib/policy-tests', 'lib/protect', 'lib/policy', 'lib/document', 'lib/base'),
    { 'lib/policy-tests/a.ts': "import { x } from '../publication/review.ts';" },
  ],
  [
    'nothing that answers requests imports policy-tests',
    (sources) =>
      offences(
        sources,
        ({ from, to }) =>
          within(to, 'lib/policy-tests') && !within(from, 'lib/policy-tests', 'lib/publication', 'functions/cli'),
      ),
    {
      'lib/wire/a.ts': "import { x } from '../policy-tests/run.ts';",
      'functions/runtime/protect/a.ts': "import { x } from '../../../lib/policy-tests/run.ts';",
    },
  ],
  [
    'wire imports protect, policy, tenants, events, audit, crypto and base',
    onlyImports('lib/wire', 'lib/protect', 'lib/policy', 'lib/tenants', 'lib/events', 'lib/audit', ...CORE),
    { 'lib/wire/a.ts': "const x = await import('../adapters/kms/client.ts');" },
  ],
  [
    'publication imports wire, policy-tests, protect, policy, document, audit, crypto and base',
    onlyImports(
      'lib/publication',
      'lib/wire',
      'lib/policy-tests',
      'lib/protect',
      'lib/policy',
      'lib/document',
      'lib/audit',
      ...CORE,
    ),
    { 'lib/publication/a.ts': "import { x } from '../adapters/s3/documents.ts';" },
  ],
  [
    'console imports evidence, audit and base, and what it computes runs in a browser too',
    onlyImports('lib/console', 'lib/evidence', 'lib/audit', 'lib/base'),
    { 'lib/console/a.ts': "import { explain } from '../policy/explain.ts';" },
  ],
  [
    'nothing below functions imports console',
    (sources) =>
      offences(sources, ({ from, to }) => within(to, 'lib/console') && !within(from, 'lib/console', 'functions')),
    { 'lib/local/a.ts': "import { usageOf } from '../console/overview.ts';" },
  ],
  [
    'the page of the console imports what browsers run, and no other file imports it',
    pageOffences,
    {
      [`${PAGE}/a.tsx`]: "import { Hono } from 'hono';",
      [`${PAGE}/b.ts`]: "import { policyPages } from '../policy-pages.ts';",
      [`${PAGE}/c.ts`]: 'const home = process.env.HOME;',
      'functions/cli/console/d.ts': "import { count } from './page/parts/format.ts';",
    },
  ],
  [
    'ddl imports wire, protect, policy and base',
    onlyImports('lib/ddl', 'lib/wire', 'lib/protect', 'lib/policy', 'lib/base'),
    { 'lib/ddl/a.ts': "import { x } from '../audit/codes.ts';" },
  ],
  [
    'files imports protect, policy, audit, crypto and base',
    onlyImports('lib/files', 'lib/protect', 'lib/policy', 'lib/audit', ...CORE),
    { 'lib/files/a.ts': "import { x } from '../wire/redshift.ts';" },
  ],
  [
    'discovery imports protect, policy, crypto and base',
    onlyImports('lib/discovery', 'lib/protect', 'lib/policy', ...CORE),
    { 'lib/discovery/a.ts': "import { x } from '../ddl/widths.ts';" },
  ],
  [
    'nothing below functions imports discovery',
    (sources) =>
      offences(sources, ({ from, to }) => within(to, 'lib/discovery') && !within(from, 'lib/discovery', 'functions')),
    { 'lib/policy/a.ts': "import { x } from '../discovery/draft.ts';" },
  ],
  [
    'nothing below functions imports ddl',
    (sources) => offences(sources, ({ from, to }) => within(to, 'lib/ddl') && !within(from, 'lib/ddl', 'functions')),
    { 'lib/local/a.ts': "import { x } from '../ddl/redshift.ts';" },
  ],
  [
    'nothing below functions imports publication but its adapters',
    (sources) =>
      offences(
        sources,
        ({ from, to }) =>
          within(to, 'lib/publication') && !within(from, 'lib/publication', 'lib/adapters', 'functions'),
      ),
    { 'lib/wire/a.ts': "import { x } from '../publication/canary.ts';" },
  ],
  [
    'an adapter imports ports, models, errors and base, and no other adapter',
    adapterOffences,
    {
      'lib/adapters/file/a.ts': "import { b } from '../kms/b.ts';",
      'lib/adapters/kms/b.ts': "import { c } from '../../crypto/sealed-bundle.ts';",
    },
  ],
  [
    'local imports anything in lib but adapters',
    (sources) =>
      offences(
        sources,
        ({ from, to }) => within(from, 'lib/local') && isOurs(to) && (!within(to, 'lib') || within(to, 'lib/adapters')),
      ),
    { 'lib/local/a.ts': "new Worker(new URL('../adapters/file/b.ts', import.meta.url));" },
  ],
  [
    'infra imports the contract only',
    onlyImports('infra'),
    { 'infra/app.ts': "import { x } from '../lib/audit/record.ts';" },
  ],
  [
    'constructs know no stack, and what they share knows neither',
    (sources) =>
      offences(
        sources,
        ({ from, to }) =>
          (within(from, 'infra/constructs', 'infra/observability') && within(to, 'infra/stacks')) ||
          (/^infra\/(?:config|defined|front-ends|naming)\.ts$/.test(from) &&
            /^infra\/(?:stacks|constructs)\//.test(to)),
      ),
    {
      'infra/constructs/a.ts': "import { x } from '../stacks/audit.ts';",
      'infra/naming.ts': "import { x } from './constructs/rights.ts';",
    },
  ],
  [
    'only infra imports infra',
    (sources) => offences(sources, ({ from, to }) => within(to, 'infra') && !within(from, 'infra')),
    { 'functions/a.ts': "import { x } from '../infra/config.ts';" },
  ],
  [
    'only functions imports functions',
    (sources) => offences(sources, ({ from, to }) => within(to, 'functions') && !within(from, 'functions')),
    { 'lib/local/a.ts': "import '../../functions/runtime/protect/redshift.ts';" },
  ],
  [
    'no file imports an entry of functions/',
    (sources) => offences(sources, ({ to }) => isEntry(to)),
    {
      'functions/redshift.ts': "import { handler } from './snowflake.ts';",
      'functions/runtime/protect/a.ts': "export { handler } from '../../rest.ts';",
      'functions/cli/a.ts': "const { handler } = await import('../log-sealer.ts');",
    },
  ],
  [
    'functions/ holds the entries and folders, nothing else',
    (sources) =>
      [...sources.keys()]
        .filter((path) => isEntry(path) && !ENTRIES.includes(path))
        .map((path) => `${path} is no entry`),
    { 'functions/settings.ts': '' },
  ],
  [
    'the runtime of the functions does not know the command line',
    (sources) => offences(sources, ({ from, to }) => within(from, 'functions/runtime') && within(to, 'functions/cli')),
    { 'functions/runtime/a.ts': "import { x } from '../cli/workspace.ts';" },
  ],
  [
    'an entry imports the runtime and base only',
    (sources) =>
      offences(sources, ({ from, to }) => isEntry(from) && isOurs(to) && !within(to, 'functions/runtime', 'lib/base')),
    { 'functions/rest.ts': "import { x } from '../lib/wire/redshift.ts';" },
  ],
  [
    'column helpers know no method',
    (sources) =>
      offences(sources, ({ from, to }) => within(from, 'lib/protect/columns') && within(to, 'lib/protect/methods')),
    { 'lib/protect/columns/a.ts': "import { x } from '../methods/method.ts';" },
  ],
  [
    'a family of methods knows no other family; only fpe, whose cards are cards, imports card',
    familyOffences,
    {
      'lib/protect/methods/number/a.ts': "import { x } from '../alphabet/scan.ts';",
      'lib/protect/methods/date/b.ts': "import { x } from '../registry.ts';",
    },
  ],
  [
    'nothing that is delivered imports a test',
    (sources) => offences(sources, ({ to }) => within(to, 'test')),
    { 'functions/a.ts': "import { x } from '../test/support/policy.ts';" },
  ],
  [
    'only adapters, local, client, functions and infra import packages and I/O of Node',
    (sources) => offences(sources, (edge) => !mayTouchTheWorld(edge.from) && !isOurs(edge.to) && !isPureImport(edge)),
    {
      'lib/audit/a.ts': "import { readFile } from 'node:fs/promises';",
      'lib/wire/a.ts': "import { z } from 'zod';",
      'lib/protect/a.ts': "import { request } from 'node:http';",
    },
  ],
  [
    'only adapters, local, client, functions and infra use time, randomness, the environment or a timer',
    worldOffences,
    {
      'lib/audit/a.ts': 'const now = Date.now();',
      'lib/audit/b.ts': 'const at = new Date();',
      'lib/policy/c.ts': "import { randomBytes } from 'node:crypto';",
      'lib/protect/d.ts': 'const x = process.env.X;',
      'lib/wire/e.ts': 'const x = Math.random() + performance.now();',
    },
  ],
  [
    'there are no cycles',
    cycles,
    { 'lib/base/a.ts': "import './b.ts';", 'lib/base/b.ts': "export { c } from './a.ts';" },
  ],
];

describe('the layers of the house', () => {
  const sources = readSources();

  test('more than 30 files and 100 imports are looked at, and every import of ours leads to a file', () => {
    expect(sources.size).toBeGreaterThan(30);
    const edges = allImports(sources).filter(({ to }) => isOurs(to));
    expect(edges.length).toBeGreaterThan(100);
    const styles = edges.filter(({ to }) => to.endsWith('.css')).map(({ from }) => from);
    expect(styles.filter((path) => !within(path, PAGE))).toEqual([]);
    expect(edges.filter(({ to }) => !sources.has(to) && !to.endsWith('.css'))).toEqual([]);
  });

  test('each import statement is seen: as many as lines that begin one', () => {
    for (const [path, source] of sources) {
      const statements = withoutComments(source).match(/^(?:import\b(?!\.|\()|export\b[^=(]*?\bfrom\b\s*')/gm) ?? [];
      expect([path, importsOf(path, source).length]).toEqual([path, expect.any(Number)]);
      expect(importsOf(path, source).length).toBeGreaterThanOrEqual(statements.length);
    }
  });

  test.each(RULES)('%s', (_, check) => {
    expect(check(sources)).toEqual([]);
  });

  test.each(RULES)('a planted violation is found: %s', (_, check, planted) => {
    const found = check(new Map([...sources, ...Object.entries(planted)]));
    for (const path of Object.keys(planted)) expect(found.join('\n')).toContain(path);
  });

  test('what looks like an import in a comment or a text is none', () => {
    const source = [
      "// import { a } from '../wire/redshift.ts';",
      "/* export * from '../wire/b.ts'; */",
      'const sql = "select * from \'people.csv\'";',
      "const url = 'https://x'; const glob = '/*';",
    ].join('\n');
    expect(importsOf('lib/base/a.ts', source)).toEqual([]);
  });

  test('the contract is importable by all, and imports nothing but itself and package.json', () => {
    const source = `import { RELEASE } from '../contract/release.ts';`;
    const all = new Map([...sources, ['lib/base/x.ts', source], ['infra/x.ts', source.replace('..', '../lib')]]);
    for (const [, check] of RULES) expect(check(all)).toEqual([]);
    const files = [...sources].filter(([path]) => within(path, CONTRACT));
    expect(files.length).toBeGreaterThan(5);
    const imports = files.flatMap(([path, text]) => importsOf(path, text));
    expect(imports.filter(({ to }) => !within(to, CONTRACT))).toEqual([MANIFEST]);
  });
});

describe('the version number', () => {
  interface Manifest {
    readonly version: string;
    readonly packages?: Readonly<Record<string, { readonly version: string }>>;
  }
  const manifest = (file: string): Manifest => JSON.parse(readFileSync(`${ROOT}${file}`, 'utf8')) as Manifest;

  test('is the same in package.json, package-lock.json and the contract', () => {
    const lock = manifest('package-lock.json');
    const versions = [manifest('package.json').version, lock.version, lock.packages?.['']?.version];
    expect(versions).toEqual([RELEASE, RELEASE, RELEASE]);
  });

  test('is that of the newest release in the change log, which has a date', () => {
    const [newest] = readFileSync(`${ROOT}CHANGELOG.md`, 'utf8').match(/^## (?!Unreleased$).*$/m) ?? [];
    expect(newest).toMatch(/^## \d+\.\d+\.\d+ — \d{4}-\d{2}-\d{2}$/);
    expect(newest).toContain(` ${RELEASE} `);
  });
});

/** Static imports that load a module; not types, and not those of functions that run later. */
function eagerImports(path: string, source: string): Import[] {
  const pattern = /^\s*(?:import|export)\b(?!\s+type\b)[^'"`;]*?\bfrom\s*(['"])(.+?)\1/gm;
  return [...withoutComments(source).matchAll(pattern)].map(([, , specifier]) => ({
    from: path,
    to: specifier!.startsWith('.') ? posix.join(posix.dirname(path), specifier!) : specifier!,
  }));
}

/** `functions/cli/<noun>/<command>.ts` declares a command, and `<command>.run.ts` does its work: such folders are nouns. */
const NOUNS = [...readSources().keys()].flatMap((path) => /^(functions\/cli\/\w+)\/.*\.run\.ts$/.exec(path)?.[1] ?? []);
const isWork = (path: string): boolean => within(path, ...NOUNS) && path.endsWith('.run.ts');
const isDeclaration = (path: string, source: string): boolean =>
  within(path, ...NOUNS) && !isWork(path) && /\bcommand\(\{/.test(source);
const COMMAND_TABLE = 'functions/cli/commands.ts';

/** What a declaration may load: the core, what declarations share, and Node. */
const LIGHT = [
  'functions/cli/core',
  'functions/cli/options.ts',
  'functions/cli/bulk/options.ts',
  'functions/cli/completion/shells.ts',
  'functions/cli/ddl/options.ts',
  'functions/cli/witness/options.ts',
  'functions/cli/documents/schema-names.ts',
  'functions/cli/workspace/workspace.ts',
];

/** Imports of a declaration by anything but the table, and of work by anything but the declaration beside it. */
function commandOffences(sources: Sources): string[] {
  const declares = (path: string): boolean => isDeclaration(path, sources.get(path) ?? '');
  return offences(sources, ({ from, to }) => {
    if (isWork(to)) return !declares(from) || !to.startsWith(from.replace(/\.ts$/, ''));
    return declares(to) && from !== COMMAND_TABLE;
  });
}

const COMMAND_RULES: typeof RULES = [
  [
    'a command imports no other command, and nothing but the table knows one',
    commandOffences,
    {
      'functions/cli/policy/a.ts': "import { check } from './check.ts';",
      'functions/cli/audit/b.ts': "command({ run: async () => import('../policy/check.run.ts') });",
      'functions/cli/policy/e.ts': "command({ run: async () => import('./check.run.ts') });",
      'functions/cli/policy/c.run.ts': "import { sealPolicy } from './seal.run.ts';",
      'functions/cli/trail/d.ts': "import { verifyTrail } from '../audit/verify.run.ts';",
    },
  ],
  [
    'the declaration of a command loads nothing heavy: its work is imported when it runs',
    (sources) =>
      [...sources]
        .filter(([path, source]) => path === COMMAND_TABLE || isDeclaration(path, source))
        .flatMap(([path, source]) => eagerImports(path, source))
        .filter(({ from, to }) => {
          if (from === COMMAND_TABLE) {
            return !within(to, 'functions/cli/core', 'functions/cli/basics', 'functions/cli/bulk') || isWork(to);
          }
          return !to.startsWith('node:') && !within(to, ...LIGHT);
        })
        .map(({ from, to }) => `${from} loads ${to}`),
    {
      'functions/cli/keys/a.ts': "import { b } from './b.run.ts';\nexport const a = command({ name: 'a' });",
      'functions/cli/keys/c.ts': "import { z } from 'zod';\nexport const c = command({ name: 'c' });",
      'functions/cli/basics/d.ts':
        "import { loadPolicy } from '../../runtime/reload/policy.ts';\nexport const d = command({ name: 'd' });",
    },
  ],
  [
    'what commands share knows no command',
    (sources) =>
      offences(
        sources,
        ({ from, to }) =>
          within(from, 'functions/cli') &&
          from.split('/').length > 3 &&
          !within(from, ...NOUNS) &&
          within(to, ...NOUNS, COMMAND_TABLE),
      ),
    { 'functions/cli/sealing/a.ts': "import { roleArn } from '../ddl/script.ts';" },
  ],
  [
    'the core of the command line knows commander, and nothing else does',
    (sources) => offences(sources, ({ from, to }) => to === 'commander' && from !== 'functions/cli/core/program.ts'),
    { 'functions/cli/options.ts': "import { Option } from 'commander';" },
  ],
  [
    'only main.ts touches the streams, environment and working directory of the process',
    (sources) =>
      [...sources]
        .filter(([path]) => within(path, 'functions/cli') && path !== 'functions/cli/main.ts' && !within(path, PAGE))
        .flatMap(([path, source]) =>
          [...withoutComments(source).matchAll(/\bprocess\.(?:std\w+|env|cwd|exit\w*|argv|on)\b|\bDate\.now\b/g)]
            .filter(([word]) => !(word === 'Date.now' && DEADLINES.includes(path)))
            .map(([word]) => `${path} uses ${word}`),
        ),
    {
      'functions/cli/output/a.ts': 'process.stdout.write("x");',
      'functions/cli/policy/b.run.ts': 'const user = process.env.USER;',
      'functions/cli/audit/c.run.ts': 'const now = Date.now();',
    },
  ],
];

/** Deadlines of deliveries, which the network keeps waiting in real time, and worker threads, which no `Io` reaches. */
const DEADLINES: readonly string[] = [
  'functions/cli/delivery/dead-letters.ts',
  'functions/cli/jobs/worker.ts',
  'functions/cli/local/forwarder.ts',
];

describe('the command line', () => {
  const sources = readSources();

  test('nine folders or more hold commands', () => {
    expect(new Set(NOUNS).size).toBeGreaterThanOrEqual(9);
  });

  test('every work of a command has its declaration beside it', () => {
    const works = [...sources.keys()].filter(isWork);
    expect(works.length).toBeGreaterThan(30);
    const declarations = works.map((path) => [path, path.replace('.run.ts', '.ts')] as const);
    const alone = declarations.filter(([, path]) => !isDeclaration(path, sources.get(path) ?? ''));
    expect(alone.map(([path]) => path)).toEqual(['functions/cli/policy/rollback-on-aws.run.ts']);
  });

  test.each(COMMAND_RULES)('%s', (_, check) => {
    expect(check(sources)).toEqual([]);
  });

  test.each(COMMAND_RULES)('a planted violation is found: %s', (_, check, planted) => {
    const found = check(new Map([...sources, ...Object.entries(planted)]));
    for (const path of Object.keys(planted)) expect(found.join('\n')).toContain(path);
  });
});
