// The examples, each as its reader would run it.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';

jest.setTimeout(60_000);

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

interface Step {
  readonly name?: string;
  readonly run?: string;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface Hooks {
  readonly repos: readonly { readonly hooks: readonly { readonly id: string; readonly entry: string }[] }[];
}

describe('a policy in a repository of its own', () => {
  let directory: string;
  const at = (...parts: readonly string[]): string => join(directory, ...parts);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: at('copy'),
      encoding: 'utf8',
    });
  /** A program of this name, which notes how it is called. */
  const stub = (name: string, script: string): void => {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(at('bin', name), 0o755);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'examples-'));
    cpSync(join(REPOSITORY, 'examples', 'policy-repository'), at('copy'), { recursive: true });
    mkdirSync(at('bin'));
    const main = join(REPOSITORY, 'functions', 'cli', 'protector.js');
    stub('npx', `shift; exec "${process.execPath}" "${main}" "$@"`);
    stub('npm', 'exit 0');
    for (const name of ['gh', 'aws']) stub(name, `echo "${name} $*" >> "${at('calls')}"`);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=before');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const shell = (script: string): { code: number | null; output: string } => {
    const env = {
      ...process.env,
      PATH: `${at('bin')}:${process.env['PATH']}`,
      BASE: 'main',
      PULL_REQUEST: '7',
      AUTHORING_BUCKET: 'acme-policies',
    };
    const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
      cwd: at('copy'),
      env,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  };
  const stepsOf = (job: string): readonly Step[] => {
    const workflow = parse(readFileSync(at('copy', '.github', 'workflows', 'policy.yml'), 'utf8')) as Workflow;
    const steps = workflow.jobs[job]!.steps.filter(({ run }) => run !== undefined);
    expect(steps.length).toBeGreaterThan(0);
    return steps;
  };
  const change = (from: string, to: string): void => {
    const file = at('copy', 'release', 'policy.yaml');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };

  test('is checked, linted and tested by the workflow, which comments what changes and publishes', () => {
    change('members: [kim, lee]', 'members: [kim, lee, max]');
    for (const job of ['check', 'publish']) {
      for (const { run } of stepsOf(job)) expect(shell(run!)).toMatchObject({ code: 0 });
    }
    expect(readFileSync(at('copy', 'changes.md'), 'utf8')).toMatch(/^```diff\n\+ [^\n]*max[^]*```\n$/);
    expect(existsSync(at('copy', 'policy-tests.xml'))).toBe(true);
    expect(readFileSync(at('calls'), 'utf8')).toBe(
      'gh pr comment 7 --body-file changes.md\naws s3 cp --recursive release s3://acme-policies/\n',
    );
  });

  test.each([
    ['a mistake', 'type: numeric', 'type: numberic', 'check', 'policy-check', /line 14, \$\.elements\[1\]\.type/],
    ['a grant too many', 'mask: last-four ', '', 'test', 'policy-test', /nobody but ana sees deCard in clear[^]*kim/],
  ])('with %s is stopped by workflow and hook', (_, from, to, step, hook, why) => {
    change(from, to);
    const { run } = stepsOf('check').find(({ name }) => name === step)!;
    const { repos } = parse(readFileSync(at('copy', '.pre-commit-config.yaml'), 'utf8')) as Hooks;
    const { entry } = repos[0]!.hooks.find(({ id }) => id === hook)!;
    for (const script of [run!, entry]) {
      expect(shell(script)).toEqual({ code: 1, output: expect.stringMatching(why) });
    }
  });
});
