// The Terraform module of the package in OpenTofu, which the Go module proxy has: formatted, valid, applied and changed. The
// provider of AWS is in no registry, so one of this folder (terraform/main.go) stands in its place, and notes what it would do.
// CI builds both and sets `TOFU_TOOLS`, a folder with them; without it the checks are listed as skipped.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writePackage } from '../../infra/package/package.ts';
import { bundleFolder } from '../support/infra.ts';
import { childEnvironment } from '../support/child.ts';

jest.setTimeout(120_000);

const { TOFU_TOOLS: tools = '', CI } = process.env;
const MISSING = tools === '' ? 'TOFU_TOOLS is not set' : undefined;
const suite = MISSING === undefined ? describe : describe.skip;

test('CI has OpenTofu', () => {
  expect(CI === undefined || MISSING === undefined).toBe(true);
});

/** What the provider was asked to do, in order. */
interface Done {
  readonly did: 'make' | 'delete';
  readonly type: string;
  readonly key?: string;
  readonly source?: string;
  readonly name?: string;
  readonly template_url?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly capabilities?: readonly string[];
}

suite(`the Terraform module${MISSING === undefined ? '' : `: ${MISSING}`}`, () => {
  let home: string;
  const module = (): string => join(home, 'package/terraform');

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tofu-'));
    const overrides = `provider_installation {\n  dev_overrides {\n    "hashicorp/aws" = ${JSON.stringify(tools)}\n  }\n  direct {}\n}\n`;
    await writeFile(join(home, 'tofurc'), overrides);
    write({ name: 'acme', tenants: {}, files: { source: 's3://incoming/', target: 's3://outgoing/' } });
  });
  afterAll(() => rm(home, { recursive: true }));

  const write = (config: object) => writePackage(config, bundleFolder(), join(home, 'package'));

  async function tofuIn(folder: string, args: readonly string[]): Promise<string> {
    const env = childEnvironment(home, {
      TF_CLI_CONFIG_FILE: join(home, 'tofurc'),
      PROVIDER_LOG: join(home, 'log'),
      CHECKPOINT_DISABLE: '1',
    });
    const { stdout } = await promisify(execFile)(join(tools, 'tofu'), args, { cwd: folder, env });
    return stdout;
  }
  const tofu = (...args: string[]): Promise<string> => tofuIn(module(), args);

  /** Applies a module; resolves to what the provider was asked to do. */
  async function applyIn(folder: string, variables: readonly string[]): Promise<Done[]> {
    await rm(join(home, 'log'), { force: true });
    await tofuIn(folder, ['apply', '-auto-approve', '-no-color', ...variables]);
    const log = await readFile(join(home, 'log'), 'utf8').catch(() => '');
    return log
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Done);
  }
  const apply = (): Promise<Done[]> => applyIn(module(), ['-var', 'bucket=acme-code', '-var', 'prefix=v1/']);

  test('is formatted as OpenTofu formats it', async () => {
    expect(await tofu('fmt', '-check', '-diff')).toBe('');
  });

  test('is valid', async () => {
    expect(JSON.parse(await tofu('validate', '-json'))).toMatchObject({ valid: true, error_count: 0 });
  });

  test('uploads every file, deploys every stack of the package in order, and deploys nothing again unless it has changed', async () => {
    const done = await apply();
    const uploaded = done.filter(({ type }) => type === 'aws_s3_object').map(({ key }) => key);
    const artifacts = await readdir(join(home, 'package/artifacts'));
    const names = (await readFile(join(home, 'package/stacks.txt'), 'utf8')).trim().split('\n');
    expect(names).toContain('acme-files');
    const templates = new Map<string, string>();
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop -- a few small files
      const bytes = await readFile(join(home, `package/templates/${name}.template.json`));
      templates.set(name, `v1/templates/${createHash('sha256').update(bytes).digest('hex')}.json`);
    }
    const expected = [...artifacts.map((name) => `v1/${name}`), ...templates.values()];
    expect(new Set(uploaded)).toEqual(new Set(expected));
    const stacks = done.filter(({ type }) => type === 'aws_cloudformation_stack');
    expect(stacks.map(({ name }) => name)).toEqual(names);
    for (const { name, template_url: url, parameters, capabilities } of stacks) {
      expect(url).toBe(`https://acme-code.s3.amazonaws.com/${templates.get(name!)}`);
      expect(capabilities).toEqual(['CAPABILITY_NAMED_IAM']);
      const code = { ArtifactBucket: 'acme-code', ArtifactPrefix: 'v1/' };
      expect(parameters).toEqual(name === 'acme-observability' ? {} : code);
    }
    // Code is there before the first stack.
    const first = done.findIndex(({ type }) => type === 'aws_cloudformation_stack');
    for (const name of artifacts) expect(done.findIndex(({ key }) => key === `v1/${name}`)).toBeLessThan(first);
    expect(JSON.parse(await tofu('output', '-json', 'stacks'))).toEqual(
      Object.fromEntries(names.map((name) => [name, { Made: 'up' }])),
    );
    expect(await apply()).toEqual([]);
  });

  test('deploys the four stacks of the default configuration, without a prefix', async () => {
    const all = await mkdtemp(join(home, 'default-'));
    writePackage({}, bundleFolder(), all);
    const done = await applyIn(join(all, 'terraform'), ['-var', 'bucket=acme-code']);
    const names = ['protector-audit', 'protector-policy', 'protector-protector', 'protector-observability'];
    expect(done.flatMap(({ name }) => name ?? [])).toEqual(names);
    expect(done.filter(({ key }) => key !== undefined && key.startsWith('templates/'))).toHaveLength(4);
  });

  test('deploys the stacks whose templates another package changes, and removes those that it no longer has', async () => {
    await cp(join(module(), 'terraform.tfstate'), join(home, 'state'));
    await rm(join(home, 'package'), { recursive: true });
    write({ name: 'acme', functionLogDays: 90 });
    await mkdir(module(), { recursive: true });
    await cp(join(home, 'state'), join(module(), 'terraform.tfstate'));
    const done = await apply();
    const named = (did: Done['did']): (string | undefined)[] =>
      done.filter((one) => one.did === did && one.type === 'aws_cloudformation_stack').map(({ name }) => name);
    expect(new Set(named('delete'))).toEqual(new Set(['acme-files', 'acme-tenants']));
    expect(named('make')).toEqual(['acme-audit', 'acme-policy', 'acme-protector', 'acme-observability']);
  });
});
