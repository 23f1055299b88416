import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DocumentError } from '../../../lib/document/problem.ts';
import { checkKeys } from '../../../lib/policy/check-keys.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { Access } from '../../../lib/policy-tests/access.ts';
import { type Coverage, coverageOf } from '../../../lib/policy-tests/coverage.ts';
import { type Engine, engineOver, throwAwayEngine } from '../../../lib/policy-tests/engine.ts';
import { junitXml } from '../../../lib/policy-tests/junit.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { policyFileOf, readPolicyFile } from '../documents/policy.ts';
import { type RanTests, readTests, runTests, testFilesBeside } from '../documents/policy-tests.ts';
import { count, done, print, printJson, quantity, say, sayFailure, styled, visible } from '../output/text.ts';
import { openKeyringOf } from '../sealing/keyring.ts';
import type { Workspace } from '../workspace/workspace.ts';

interface Asked {
  readonly files: readonly string[];
  readonly policy: string | undefined;
  readonly at: Date | undefined;
  readonly junit: string | undefined;
  readonly coverage: boolean;
  readonly minCoverage: number | undefined;
  readonly keys: boolean;
  readonly json: boolean;
}

/**
 * Runs files of tests against a policy. Resolves to 1 where a test fails or the coverage is too small, and to 2 where policy or
 * tests cannot be read: then nothing was tested.
 */
export async function testPolicy(ws: Workspace, asked: Asked, io: Io): Promise<ExitCode> {
  const policyFile = asked.policy ?? policyFileOf(ws);
  try {
    const access = new Access(await readPolicyFile(policyFile), asked.at?.getTime() ?? io.nowMs());
    const engine = await engineOf(ws, access, asked.keys);
    const read = await Promise.all(filesOf(asked.files, policyFile).map((file) => readTests(file, access)));
    const ran: RanTests[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one after the other: the work is in this thread
    for (const each of read) ran.push(await runTests(each, access, engine));
    const coverage = coverageOf(
      access,
      read.map(({ tests }) => tests),
    );
    if (asked.junit !== undefined) await writeFile(asked.junit, junitXml(access.policy.name, ran));
    if (!asked.json) sayNotes(ran, io);
    return report(access.policy.name, ran, coverage, asked, io);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    if (asked.json) printJson(io, { passed: false, problems: error.problems });
    sayFailure(io, error.message);
    return EXIT.usage;
  }
}

/** Returns the files to run. Throws `CliError` where there is none. */
function filesOf(files: readonly string[], policyFile: string): readonly string[] {
  if (files.length > 0) return files;
  const found = testFilesBeside(policyFile);
  if (found.length > 0) return found;
  throw new CliError(
    'CLI_USAGE',
    `There is no file *.tests.yaml or *.tests.json in ${dirname(policyFile)}: name the files of tests`,
  );
}

async function engineOf(ws: Workspace, { policy }: Access, withKeys: boolean): Promise<Engine> {
  if (!withKeys) return throwAwayEngine(policy, randomBytes);
  const keyring = await openKeyringOf(ws);
  const problems = checkKeys(policy, keyring);
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  return engineOver(policy, keyring.content, randomBytes);
}

function sayNotes(ran: readonly RanTests[], io: Io): void {
  for (const { file, notes } of ran) {
    for (const { line, message } of notes) say(io, visible(`${placeOf(file, line)}: ${message}`));
  }
}

function placeOf(file: string, line: number | undefined): string {
  return line === undefined ? basename(file) : `${basename(file)}:${line}`;
}

function report(policy: string, ran: readonly RanTests[], coverage: Coverage, asked: Asked, io: Io): ExitCode {
  const results = ran.flatMap((each) => each.results);
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  const share = coverage.granted === 0 ? 100 : (100 * coverage.touched) / coverage.granted;
  const isCovered = asked.minCoverage === undefined || share >= asked.minCoverage;
  const passed = failed === 0 && isCovered;
  if (asked.json) {
    const files = ran.map(({ file, results: own, notes }) => ({ file, results: own.map(jsonOf), notes }));
    printJson(io, { passed, policy, tests: results.length, failed, coverage, files });
  } else {
    for (const { file, results: own } of ran) for (const result of own) printResult(file, result, io);
    if (asked.coverage) printUntouched(coverage, io);
    const summary = `${policy}: ${quantity(results.length, 'test')}, ${count(failed)} failed; ${coverageText(coverage)}`;
    print(io, failed === 0 ? done(io, summary) : `${styled(io.stdout, 'red', '✗')} ${summary}`);
  }
  if (!isCovered) {
    sayFailure(
      io,
      `the tests touch ${share.toFixed(1)} % of the grants, and must touch ${asked.minCoverage} % (--coverage lists the others)`,
    );
  }
  return passed ? EXIT.ok : EXIT.bad;
}

function jsonOf({ failure, ...result }: RanTests['results'][number]): object {
  return { ...result, passed: failure === undefined, ...failure };
}

function printResult(file: string, { text, line, failure, kind }: RanTests['results'][number], io: Io): void {
  if (failure === undefined) {
    print(io, done(io, visible(text)));
    return;
  }
  const { expected, gives, because } = failure;
  print(io, `${styled(io.stdout, 'red', '✗')} ${visible(text)}  ${styled(io.stdout, 'dim', placeOf(file, line))}`);
  const facts = [
    ...(kind === 'test' ? [['expected', expected]] : []),
    [kind === 'test' ? 'gives' : 'but', gives],
    ...(because === undefined ? [] : [['because', because]]),
  ];
  for (const [name, fact] of facts) print(io, `    ${name!.padEnd(9)} ${visible(fact!)}`);
}

function printUntouched({ untouched }: Coverage, io: Io): void {
  for (const { role, element, permission } of untouched) {
    print(io, `${styled(io.stdout, 'cyan', 'not tested')}  ${visible(`role ${role} may ${permission} ${element}`)}`);
  }
}

function coverageText({ granted, touched }: Coverage): string {
  return `${count(touched)} of ${quantity(granted, 'grant')} touched`;
}
