// What a user who is in a hurry gets wrong, command by command: each message says what is wrong and what to do, in the exit code that
// programs look at. Nothing is made, and no message comes from the inside.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { prepare, runProtector } from '../support/command.ts';

let cwd: string;
let before: readonly string[];

const files = (): string[] => readdirSync(cwd, { recursive: true, encoding: 'utf8' }).toSorted();

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'wrong-'));
  writeFileSync(join(cwd, 'people.csv'), 'id,name,ssn\n1,Zoë,944-07-4214\n');
  await prepare(['init', '--dir', 'ws'], { cwd });
  await prepare(['query', "select pty_protect_dessn('944-07-4214')", '--dir', 'ws'], { cwd });
  await prepare(['audit', 'seal', '--dir', 'ws'], { cwd });
  before = files();
});
afterAll(() => rmSync(cwd, { recursive: true }));

const JOB = ['people.csv', '--out', 'o.csv', '--column'];

test.each<[args: readonly string[], code: number, says: RegExp]>([
  [['qury'], 2, /unknown command 'qury'\n\(Did you mean query\?\)/],
  [['query'], 2, /argument, - for standard input, or a file by -f/],
  [['query', 'selec 1'], 1, /Parser Error/],
  [['query', "select * from 'peple.csv'"], 1, /No files found[^]*peple\.csv/],
  [['query', "select pty_protect_dessnn('x')"], 1, /did you mean pty_protect_deSSN\?/],
  [['query', "select pty_protect_dessn('944-07-4214')", '--user', 'nobody'], 1, /has no user nobody; it has test_user/],
  [['query', '-f', 'absent.sql'], 2, /absent\.sql cannot be read \(ENOENT\)/],
  [['query', 'select 1', '--csv', '--json'], 2, /cannot be used with/],
  [['init', '--policy', 'absent.yaml', '--dir', 'other'], 2, /absent\.yaml cannot be read/],
  [['init', '--from', 'absent.csv', '--dir', 'other'], 2, /absent\.csv cannot be read: there is no such file/],
  [['init', '--data-store', 'x', '--dir', 'ws'], 2, /is for data store SAMPLE_POLICY/],
  [['demo', '--rows', 'many'], 2, /must be a whole number from 1/],
  [['demo', '--rows', '99999999999'], 2, /at most 10,000,000/],
  [['discover', 'absent.csv'], 2, /there is no such file/],
  [['discover', 'people.csv', '--sample', '9999999'], 2, /at most 100,000/],
  [['invoke', 'redshft', '--event', '-'], 2, /Did you mean redshift\?/],
  [['invoke', 'redshift', '--event', 'absent.json'], 2, /absent\.json cannot be read/],
  [['invoke', 'redshift', '--event', 'people.csv'], 2, /is not JSON/],
  [['serve', '--port', '99999'], 2, /It must be 0 to 65535/],
  [['console', '--file', 'absent.jsonl'], 2, /absent\.jsonl cannot be read \(ENOENT\)/],
  [['console', '--policy', 'absent'], 2, /The policy .*absent cannot be read/],
  [['console', '--file', 'people.csv', '--s3', 's3://b/x'], 2, /Only one of --file, --s3 and --log-group/],
  [['schema', 'polcy'], 2, /Allowed choices are policy, mapping, policy-tests, tenants/],
  [['completion', 'bsh'], 2, /Allowed choices are bash, zsh, fish/],
  [['policy', 'chek'], 2, /Did you mean check\?/],
  [['policy', 'diff', 'absent.json'], 2, /absent\.json cannot be read/],
  [['policy', 'explain', '--user', 'analyst', '--element', 'deSN'], 2, /did you mean deSSN\?/],
  [['policy', 'test', 'absent.yaml'], 2, /absent\.yaml cannot be read/],
  [['policy', 'add-element', 'deX', '--type', 'numric'], 2, /did you mean numeric\?/],
  [['policy', 'add-element', 'deSSN', '--type', 'numeric'], 1, /another element has this name/],
  [['policy', 'grant', 'anlyst', 'deSSN', '--unprotect'], 2, /did you mean analyst\?/],
  [['policy', 'grant', 'analyst', 'deSSN'], 2, /Say what to grant/],
  [['policy', 'revoke', 'analyst', 'deSN'], 2, /did you mean deSSN\?/],
  [['policy', 'rotate'], 2, /Name an element, or give --all/],
  [['policy', 'rotate', '--all', '--key-version', '9'], 2, /protects with root key version 9/],
  [['policy', 'show', '--policy-version', '99'], 1, /versions that are: 1/],
  [['policy', 'rollback', '--to', '99'], 1, /no other version is kept/],
  [['policy', 'access', '--at', 'yesterday'], 2, /It looks like 2026-11-24/],
  [['keys', 'compromise', '99'], 2, /has no root key of version 99; it has 1/],
  [['tenants', 'seal', '--to', 's3'], 2, /s3:\/\/bucket\/key/],
  [['tenants', 'rotate', 'acm'], 2, /no such tenant among the sealed ones; did you mean acme\?/],
  [['tenants', 'archive', 'nobody', '1'], 2, /no such tenant among the sealed ones; it has acme, globex/],
  [['tenants', 'archive', 'acme', '99'], 1, /"protector tenants show --json" lists its secrets/],
  [['audit', 'verify', '--file', 'people.csv'], 2, /--key-file/],
  [['audit', 'verify', '--policy', 'people.csv'], 2, /Line 1 of the policy/],
  [['audit', 'seal', '--tsa-url', 'ftp://x'], 2, /such as https:\/\//],
  [['audit', 'report', '--from', 'yesterday'], 2, /It looks like 2026-11-24/],
  [['audit', 'report', '--html', 'absent/x.html'], 2, /absent\/x\.html cannot be written \(ENOENT in .*absent\)/],
  [['audit', 'query', 'select nope from audit'], 1, /"nope" not found/],
  [['audit', 'prove', '999'], 1, /has no such record/],
  [['audit', 'prove', '--check', 'people.csv'], 2, /must begin with c2sp\.org\/tlog-proof/],
  [['audit', 'export', '--format', 'xml'], 2, /Allowed choices are jsonl, csv/],
  [['audit', 'keys', 'rotate', 'all'], 2, /Allowed choices are records, checkpoints/],
  [['events', 'test', 'acm'], 2, /no tenant acm among those in force; did you mean acme\?/],
  [['events', 'test', 'acme', '--sink', 'fil'], 2, /no sink fil; did you mean file\?/],
  [['events', 'status', '--store', 'absent'], 2, /There is no directory .*absent/],
  [['ddl', 'redshift', '--mask', 'people.ssn'], 2, /write table\.column=element/],
  [['ddl', 'redshift', '--mask', 'people.ssn=deSN'], 2, /no element deSN; did you mean deSSN\?/],
  [['ddl', 'snowflake', '--api', 'http://x'], 2, /is not an https URL/],
  [['witness', 'keygen', '--name', 'a b', '--dir', 'w'], 2, /A name has no blank/],
  [['protect', 'people.csv', '--out', 'o.csv'], 2, /No column is named/],
  [['protect', ...JOB, 'ssn'], 2, /look like ssn=deSSN/],
  [['protect', ...JOB, 'sn=deSSN'], 1, /no column sn: the columns are id, name, ssn/],
  [['protect', ...JOB, 'ssn=deSN'], 1, /has no element deSN; did you mean deSSN\?/],
  [['protect', ...JOB, 'ssn=deSSN', '--user', 'test_usr'], 1, /has no user test_usr; did you mean test_user\?/],
])('%j ends with %i', async (args, code, says) => {
  const inWorkspace =
    args.includes('--dir') || /^(?:schema|completion|discover|qury)$/.test(args[0]!) ? [] : ['--dir', 'ws'];
  const outcome = await runProtector([...args, ...inWorkspace], { cwd });
  expect([outcome.code, outcome.stdout, outcome.stderr]).toEqual([code, '', expect.stringMatching(says)]);
  expect(outcome.stderr).not.toMatch(/internal error|TypeError|undefined|\n\s+at /);
});

test('and none of it leaves a file', () => {
  // A refusal is recorded: that is what an audit trail is for.
  expect(files()).toEqual(before);
});

test('a policy that is there is kept, and what was given in its place is said not to be read', async () => {
  const { code, stderr } = await runProtector(['init', '--from', 'people.csv', '--dir', 'ws'], { cwd });
  expect([code, stderr]).toEqual([0, expect.stringMatching(/people\.csv was not read: .*policy\.json is there/)]);
});

test('a name with blanks is quoted in the command that comes next', async () => {
  const { stderr } = await runProtector(['policy', 'add-role', "Ann's team", '--dir', 'ws'], { cwd });
  expect(stderr).toContain(`policy grant 'Ann'\\''s team' <element>`);
});
