import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RELEASE } from '../../../lib/contract/release.ts';
import { instantText } from '../../../lib/policy/term.ts';
import { Access } from '../../../lib/policy-tests/access.ts';
import { accessRows, type AccessRow, type AccessSize, sizeOf } from '../../../lib/policy-tests/access-list.ts';
import { throwAwayEngine } from '../../../lib/policy-tests/engine.ts';
import { livedTests, type WhichPolicy } from '../agent/lived-policy.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { type RanTests, readTests, runTests, testFilesBeside } from '../documents/policy-tests.ts';
import { type CsvValue, csvLines } from '../output/csv.ts';
import { table } from '../output/table.ts';
import { count, done, print, quantity, say, styled, visible } from '../output/text.ts';
import { type FoundRelease, policyOfPlace, type PolicyPlace, releaseFacts, releaseText } from '../release/in-force.ts';

interface Form {
  readonly all: boolean;
  readonly out: string | undefined;
  readonly csv: boolean;
  readonly json: boolean;
}

/** A test or statement, and whether the policy passes it. */
interface TestLine {
  readonly file: string;
  readonly line: number | undefined;
  readonly kind: 'test' | 'statement';
  readonly text: string;
  readonly passed: boolean;
}

/** Tests of the policy, and when they ran. Absent: none are known. */
interface KnownTests {
  readonly ranAt: string;
  readonly lines: readonly TestLine[];
}

interface Review {
  readonly access: Access;
  readonly size: AccessSize;
  /** Facts of the release and of this list. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly tests: KnownTests | undefined;
  readonly isWhole: boolean;
}

/** Lists who may do what with which element. Rejects with `CliError` where a file of `out` is there already. */
export async function listAccess(place: PolicyPlace, which: WhichPolicy, form: Form, io: Io): Promise<ExitCode> {
  if (form.out !== undefined) requireFree(form.out);
  const release = await policyOfPlace(place, which, io.nowMs());
  const access = new Access(release.policy, release.atMs);
  const tests = await testsOf(place, which, access, io);
  const size = sizeOf(access);
  const facts = {
    ...releaseFacts(release),
    ...size,
    listed: instantText(io.nowMs()),
    by: `serverless-protector ${RELEASE}`,
  };
  const review: Review = { access, size, facts, tests, isWhole: form.all };
  if (form.out !== undefined) await writeFiles(form.out, review, io);
  else if (form.csv) await writeTo(io, csvOf(review));
  else if (form.json) await writeTo(io, jsonOf(review));
  else printReview(release, review, io);
  return EXIT.ok;
}

/** The tests that a deployment kept of the release; in a workspace, the results of those beside the policy file. */
async function testsOf(
  { ws, agent }: PolicyPlace,
  which: WhichPolicy,
  access: Access,
  io: Io,
): Promise<KnownTests | undefined> {
  if (agent !== undefined) {
    const { kept } = await livedTests(agent, which);
    if (kept === undefined) return undefined;
    const { file, atMs, passed } = kept;
    const lines = passed.map(({ line, ...test }) => ({ file, line, ...test, passed: true }));
    return { ranAt: instantText(atMs), lines };
  }
  const files = existsSync(ws.dir) ? testFilesBeside(jsonOrYaml(ws.policy)) : [];
  if (files.length === 0) return undefined;
  const read = await Promise.all(files.map((file) => readTests(file, access)));
  const engine = throwAwayEngine(access.policy, randomBytes);
  const ran: RanTests[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other: the work is in this thread
  for (const each of read) ran.push(await runTests(each, access, engine));
  const lines = ran.flatMap(({ file, results }) =>
    results.map(({ kind, text, line, failure }): TestLine => {
      return { file: basename(file), line, kind, text, passed: failure === undefined };
    }),
  );
  return { ranAt: instantText(io.nowMs()), lines };
}

const FILES = ['access.csv', 'tests.csv', 'release.csv', 'access.json'] as const;

function requireFree(directory: string): void {
  const taken = FILES.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (taken === undefined) return;
  throw new CliError('CLI_USAGE', `${taken} exists and is not overwritten: choose another --out, or move it away`);
}

/** Writes the files, and prints the SHA-256 of each: what is filed can be told from what is changed later. */
async function writeFiles(directory: string, review: Review, io: Io): Promise<void> {
  await mkdir(directory, { recursive: true });
  const texts: Record<(typeof FILES)[number], Iterable<string>> = {
    'access.csv': csvOf(review),
    'tests.csv': testsCsv(review),
    'release.csv': [csvLines([['fact', 'value'], ...Object.entries(review.facts)])],
    'access.json': jsonOf(review),
  };
  for (const name of FILES) {
    const path = join(directory, name);
    const hash = createHash('sha256');
    // oxlint-disable-next-line no-await-in-loop -- one after the other: the list may be large
    await pipeline(
      function* () {
        for (const text of texts[name]) {
          hash.update(text);
          yield text;
        }
      },
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    );
    print(io, done(io, `${visible(path)}  sha256:${hash.digest('hex')}`));
  }
}

/** Writes to standard output, no faster than it is read. */
async function writeTo({ stdout }: Io, text: Iterable<string>): Promise<void> {
  for (const part of text) {
    // oxlint-disable-next-line no-await-in-loop -- see above
    await new Promise<void>((resolve, reject) => {
      stdout.write(part, (error) => (error ? reject(error) : resolve()));
    });
  }
}

const COLUMNS = [
  'user',
  'element',
  'protect',
  'unprotect',
  'reprotect',
  'break_glass',
  'max_unprotect_per_day',
  'because',
  'roles',
] as const;

function* csvOf({ access, isWhole }: Review): Generator<string> {
  yield csvLines([COLUMNS]);
  for (const row of accessRows(access, isWhole)) yield csvLines([cellsOf(row)]);
}

function cellsOf(row: AccessRow): CsvValue[] {
  const { user, element, protect, unprotect, reprotect, breakGlass, maxUnprotectPerDay, because, roles } = row;
  return [
    user,
    element,
    protect,
    unprotect,
    reprotect,
    breakGlass,
    maxUnprotectPerDay ?? null,
    because,
    roles.join('; '),
  ];
}

function* testsCsv({ tests }: Review): Generator<string> {
  yield csvLines([['file', 'line', 'kind', 'text', 'passed', 'ran_at']]);
  for (const { file, line, kind, text, passed } of tests?.lines ?? []) {
    yield csvLines([[file, line ?? null, kind, text, passed, tests!.ranAt]]);
  }
}

function* jsonOf({ access, facts, tests, isWhole }: Review): Generator<string> {
  const { ranAt, lines: results } = tests ?? {};
  const head = JSON.stringify({ ...facts, ...(tests !== undefined && { tests: { ranAt, results } }) });
  yield `${head.slice(0, -1)},"access":[`;
  let separator = '\n';
  for (const row of accessRows(access, isWhole)) {
    yield `${separator}${JSON.stringify(row)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** Rows that a terminal is given; a file may have any number. */
const MOST_ROWS = 500;
const WIDTH = 100;

function printReview(release: FoundRelease, { access, size, tests, isWhole }: Review, io: Io): void {
  print(io, `${styled(io.stdout, 'bold', visible(release.policy.name))} ${releaseText(release)}`);
  if (release.author !== undefined) print(io, `signed by ${visible(release.author)}`);
  if (release.approver !== undefined) print(io, `approved by ${visible(release.approver)}`);
  print(io, testsText(tests));
  const rows: AccessRow[] = [];
  let others = 0;
  for (const row of accessRows(access, isWhole)) {
    if (rows.length < MOST_ROWS) rows.push(row);
    else others++;
  }
  const cells = rows.map((row) =>
    cellsOf(row).map((cell) => (typeof cell === 'boolean' ? (cell ? 'yes' : '') : String(cell ?? ''))),
  );
  const shown = [0, 1, 2, 3, 4, 8];
  const pick = <T>(list: readonly T[]): T[] => shown.map((i) => list[i]!);
  print(io, table(io.stdout, pick(COLUMNS), cells.map(pick), WIDTH));
  if (others > 0) say(io, `${count(others)} more rows: --csv, --json and --out give all`);
  const users = `${quantity(size.users, 'user')} and all others`;
  print(
    io,
    `${count(rows.length + others)} of ${count(size.pairs)} pairs of ${users} × ${quantity(size.elements, 'element')}`,
  );
}

function testsText(tests: KnownTests | undefined): string {
  if (tests === undefined) return 'no tests of it are known';
  const failed = tests.lines.filter(({ passed }) => !passed).length;
  return `${quantity(tests.lines.length, 'test')} at ${tests.ranAt}, ${count(failed)} failed`;
}
