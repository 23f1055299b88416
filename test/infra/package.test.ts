// `npm run package`: what it writes can be checked, deployed without the CDK, and made again byte for byte.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { writePackage } from '../../infra/package/package.ts';
import { runNode } from '../support/child.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIG = {
  name: 'acme',
  tenants: {},
  witness: { name: 'witness.example.com/w1', logs: ['logs.example.com/a+01234567+AQ=='] },
};

interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>
  >;
}

let home: string;
let bundles: string;
let outdir: string;
const read = (file: string): string => readFileSync(join(outdir, file), 'utf8');
const template = (name: string): Template => JSON.parse(read(`templates/${name}.template.json`)) as Template;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Folders in place of the bundled functions: what is in them is of no consequence here. */
function bundlesLike(functions: readonly string[]): string {
  const folder = join(home, 'bundles');
  for (const name of functions) {
    mkdirSync(join(folder, name, 'node_modules/beside'), { recursive: true });
    writeFileSync(join(folder, name, 'index.mjs'), `export const handler = () => '${name}';\n`);
    writeFileSync(join(folder, name, 'node_modules/beside/index.js'), `module.exports = '${name}';\n`);
  }
  return folder;
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'package-test-'));
  bundles = bundlesLike(
    readdirSync(join(ROOT, 'functions'))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -3)),
  );
  outdir = join(home, 'package');
  writePackage(CONFIG, bundles, outdir);
});
afterAll(() => rmSync(home, { recursive: true }));

test('the stacks are listed in the order of their deployment, the witness of another account apart', () => {
  expect(read('stacks.txt')).toBe('acme-tenants\nacme-audit\nacme-policy\nacme-protector\nacme-observability\n');
  expect(readdirSync(join(outdir, 'templates')).toSorted()).toEqual(
    ['audit', 'observability', 'policy', 'protector', 'tenants', 'witness'].map((each) => `acme-${each}.template.json`),
  );
});

test('every export that a stack takes is one of a stack before it', () => {
  const seen = new Set<string>();
  let taken = 0;
  for (const name of read('stacks.txt').trim().split('\n')) {
    const text = read(`templates/${name}.template.json`);
    for (const [, exported] of text.matchAll(/"Fn::ImportValue": "([^"]+)"/g)) {
      taken++;
      expect(seen).toContain(exported);
    }
    for (const [, exported] of text.matchAll(/"Export": \{\s*"Name": "([^"]+)"/g)) seen.add(exported!);
  }
  expect(taken).toBeGreaterThan(5);
});

test('the code of each function is a ZIP file of the package, named by its digest', () => {
  const names = new Set<string>();
  for (const file of readdirSync(join(outdir, 'templates'))) {
    const { Parameters, Resources } = JSON.parse(read(`templates/${file}`)) as Template;
    const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(Parameters === undefined).toBe(functions.length === 0);
    for (const { Properties } of functions) {
      const { S3Bucket, S3Key } = Properties!['Code'] as {
        S3Bucket: unknown;
        S3Key: { 'Fn::Join': [string, unknown[]] };
      };
      expect(S3Bucket).toEqual({ Ref: 'ArtifactBucket' });
      const [prefix, name] = S3Key['Fn::Join'][1];
      expect(prefix).toEqual({ Ref: 'ArtifactPrefix' });
      names.add(name as string);
    }
  }
  expect(names.size).toBeGreaterThanOrEqual(8);
  expect([...names].toSorted()).toEqual(readdirSync(join(outdir, 'artifacts')).toSorted());
  for (const name of names) {
    const bytes = readFileSync(join(outdir, 'artifacts', name));
    expect(name).toBe(`${digest(bytes)}.zip`);
    expect(Object.keys(unzipSync(bytes))).toEqual(['index.mjs', 'node_modules/beside/index.js']);
  }
});

test('no template needs a bootstrap stack, an account or a Region', () => {
  for (const name of readdirSync(join(outdir, 'templates'))) {
    expect(read(`templates/${name}`)).not.toMatch(/cdk-|BootstrapVersion|\b\d{12}\b/);
  }
  expect(Object.keys(template('acme-protector').Resources).length).toBeGreaterThan(20);
});

/** Every file of the package. */
const files = (): string[] =>
  readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(outdir.length + 1));

describe('the list of digests', () => {
  test('has every file but itself', () => {
    const listed = read('SHA256SUMS')
      .trim()
      .split('\n')
      .map((line) => line.split('  '));
    expect(new Set(listed.map(([, file]) => file))).toEqual(new Set(files().filter((file) => file !== 'SHA256SUMS')));
    expect(listed.length).toBeGreaterThan(15);
    for (const [sum, file] of listed) expect(digest(readFileSync(join(outdir, file!)))).toBe(sum);
  });

  test('is the same for the same sources, wherever they lie and whenever they were written', () => {
    const elsewhere = join(home, 'elsewhere');
    cpSync(bundles, elsewhere, { recursive: true });
    const again = join(home, 'again');
    writePackage(CONFIG, elsewhere, again);
    expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(read('SHA256SUMS'));
  });
});

test('a configuration that cannot be used is refused by path, and nothing is written over it', async () => {
  const config = join(home, 'config.json');
  writeFileSync(config, JSON.stringify({ colour: 'blue' }));
  const script = join(ROOT, 'infra/package/package.ts');
  const { code, stderr } = await runNode([script, '--config', config, '--bundles', bundles, '--outdir', outdir], {
    cwd: ROOT,
    home,
  });
  expect(code).toBe(1);
  expect(stderr).toContain('protector.colour: unknown member');
  expect(stderr).not.toMatch(/blue|^\s+at /m);
  expect(readdirSync(join(outdir, 'templates'))).toHaveLength(6);
});
