// The package that is published: what is in it, and that it needs nothing else of the repository.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeNpmPackage } from '../../infra/npm-package.ts';
import { RELEASE } from '../../lib/contract/release.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let files: readonly string[];

const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
  await writeNpmPackage(folder);
  files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the published package', () => {
  test('holds the sources of the command as JavaScript, its data and its documents, and nothing else', () => {
    const kinds = new Set(
      files.map((file) => file.replace(/^(functions\/(?:cli|runtime)|lib|schemas)\/.*(\.\w+)$/, '$1/*$2')),
    );
    expect([...kinds].toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'functions/cli/*.css',
      'functions/cli/*.html',
      'functions/cli/*.js',
      'functions/cli/*.svg',
      'functions/runtime/*.js',
      'lib/*.js',
      'lib/*.json',
      'lib/*.yaml',
      'package.json',
      'schemas/*.json',
    ]);
    const data = files.filter((file) => /^lib\/.*\.(?:json|yaml)$/.test(file));
    expect(data.toSorted()).toEqual(
      ['policy.json', 'policy.tests.yaml', 'tenants.json'].map((name) => `lib/local/sample/${name}`),
    );
    expect(
      files.filter(
        (file) =>
          /test|infra|\.ts$|\.sealed\.|keys\/insecure/.test(file) &&
          !/policy-tests|release-tests|kept-tests|\.tests\.|\/test(?:\.run)?\.js$/.test(file),
      ),
    ).toEqual([]);
  });

  test('has every source of the command, and each import leads to a file of the package', () => {
    const sources = readdirSync(join(ROOT, 'functions/cli'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /(?<!\.(?:d|as))\.tsx?$/.test(name),
    );
    expect(sources.length).toBeGreaterThan(150);
    for (const name of sources) expect(files).toContain(`functions/cli/${name.replace(/\.tsx?$/, '.js')}`);
    const known = new Set(files);
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      const code = text(file).replaceAll(/^\s*(?:\/\/|\*).*$/gm, '');
      const imports = [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)['"](\.{1,2}\/[^'"]+)['"]/g)].map(
        ([, to]) => to!,
      );
      const lost = imports.filter(
        (to) =>
          !known.has(posix.join(posix.dirname(file), to)) &&
          !/^(?:\.\.\/\.\.\/\.\.\/(?:schemas.*)?|\.\/page\/)$/.test(to),
      );
      expect([file, lost]).toEqual([file, []]);
    }
  });

  test('names itself, its version and what it needs, and no script', () => {
    const manifest = JSON.parse(text('package.json')) as Record<string, unknown>;
    const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      name: '@serverless-protector/cli',
      version: RELEASE,
      license: 'Apache-2.0',
      bin: { protector: 'functions/cli/protector.js' },
      dependencies: own.dependencies,
      publishConfig: { access: 'public', provenance: true },
    });
    for (const member of ['private', 'scripts', 'devDependencies', 'overrides'])
      expect(manifest).not.toHaveProperty(member);
    expect(statSync(join(folder, 'functions/cli/protector.js')).mode & 0o111).not.toBe(0);
    // The sources themselves cannot be published by accident.
    expect(own.private).toBe(true);
  });

  test('depends on every package that it imports', () => {
    const { dependencies } = JSON.parse(text('package.json')) as { dependencies: Record<string, string> };
    const imported = new Set(
      files
        .filter((name) => name.endsWith('.js'))
        .flatMap((file) =>
          [...text(file).matchAll(/(?:^import[^'"]*from |^import |\bimport\()"([^."][^"]*)"/gm)].map(([, to]) => to!),
        )
        .filter((to) => !to.startsWith('node:'))
        .map((to) =>
          to
            .split('/')
            .slice(0, to.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    expect(imported.size).toBeGreaterThan(10);
    expect([...imported].filter((name) => !(name in dependencies))).toEqual([]);
  });

  test('is the same each time', async () => {
    const again = mkdtempSync(join(tmpdir(), 'npm-package-again-'));
    try {
      await writeNpmPackage(again);
      for (const file of files)
        expect([file, readFileSync(join(again, file)).equals(readFileSync(join(folder, file)))]).toEqual([file, true]);
    } finally {
      rmSync(again, { recursive: true });
    }
  });
});

test('every published file lies in a folder that the manifest lists', () => {
  const { files: listed } = JSON.parse(text('package.json')) as { files: string[] };
  // npm adds these by itself.
  const always = ['package.json', 'README.md', 'LICENSE'];
  for (const file of files) {
    const top = file.includes('/') ? dirname(file).split('/')[0]! : file;
    expect([file, always.includes(file) || listed.includes(top)]).toEqual([file, true]);
  }
  expect(listed.filter((entry) => !existsSync(join(folder, entry)))).toEqual([]);
});
