// A job that is killed with SIGKILL at any step that changes the disk, and run again with --resume: outputs, rejects and trail are those of
// a job that nobody disturbed. FILES_KILLS says at how many random steps; each costs two processes.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { childEnvironment, COMMAND, prepare } from '../support/command.ts';

const KILLS = Number(process.env.FILES_KILLS ?? '6');
const PRELOAD = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url));
const JOB = [
  'protect',
  '../in/x.csv',
  '../in/t.parquet',
  '--delimiter',
  ',',
  '--column',
  'ssn=deSSN',
  '--out',
  'out',
  '--rejects',
  'bad.csv',
  '--jobs',
  '2',
];

let root: string;
let steps = 0;
let expected: Outcome;

interface Outcome {
  readonly csv: string;
  readonly parquet: string;
  readonly rejects: string;
  readonly trail: readonly string[];
  readonly left: readonly string[];
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'files-kill-'));
  mkdirSync(join(root, 'in'));
  await prepare(['init', '--dir', 'made'], { cwd: root });
  // Few values and many bytes: three pieces.
  const note = 'x'.repeat(8000);
  const rows = Array.from({ length: 2200 }, (_, i) => `${i},${i % 500 === 7 ? '12' : 100_000_000 + i},${note}\n`);
  writeFileSync(join(root, 'in/x.csv'), `id,ssn,note\n${rows.join('')}`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `copy (select i as id, printf('%09d', 200000000 + i) as ssn from range(9000) t(i)) to '${join(root, 'in/t.parquet')}' (format parquet, row_group_size 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
  const { folder, code } = await run('calm', JOB, { KILL_COUNT: join(root, 'steps') });
  if (code !== 1) throw new Error(`The calm run ended with ${code}`);
  steps = Number(readFileSync(join(root, 'steps'), 'utf8'));
  expected = outcomeOf(folder);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the job in a folder of its own, over a copy of the workspace. */
async function run(
  name: string,
  args: readonly string[],
  settings: Record<string, string>,
): Promise<{ folder: string; code: number | null; stderr: string }> {
  const folder = join(root, name);
  if (!existsSync(folder)) {
    mkdirSync(folder);
    cpSync(join(root, 'made'), join(folder, 'made'), { recursive: true });
  }
  const child = spawn(process.execPath, ['--import', PRELOAD, COMMAND, ...args, '--dir', 'made'], {
    cwd: folder,
    env: childEnvironment(settings),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ folder, code, stderr }));
  });
}

function outcomeOf(folder: string): Outcome {
  const base64 = (name: string): string => readFileSync(join(folder, name)).toString('base64');
  const lines = readFileSync(join(folder, 'made/audit/audit.jsonl'), 'utf8').trimEnd().split('\n');
  const trail = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditRecord)
    .map(({ cnt, correlationid, protection }) =>
      JSON.stringify([correlationid, cnt, protection.audit_code, protection.dataelement]),
    )
    .toSorted();
  return {
    csv: base64('out/x.csv'),
    parquet: base64('out/t.parquet'),
    rejects: readFileSync(join(folder, 'bad.csv'), 'utf8'),
    trail,
    left: readdirSync(join(folder, 'out')).toSorted(),
  };
}

test('a calm run leaves two outputs, the rejects, and a record a column and outcome', () => {
  expect(steps).toBeGreaterThan(40);
  expect(expected.left).toEqual(['t.parquet', 'x.csv']);
  expect(expected.rejects.split('\n')).toHaveLength(5 + 2);
  expect(expected.trail).toEqual(
    [
      ['file:t.parquet:ssn', 9000, 6, 'deSSN'],
      ['file:x.csv:ssn', 2195, 6, 'deSSN'],
      ['file:x.csv:ssn', 5, 22, 'deSSN'],
    ]
      .map((fact) => JSON.stringify(fact))
      .toSorted(),
  );
});

/** Steps of a run, the same ones each time: spread over the whole job, and off the beat of its loop. */
const killedAt = Array.from({ length: KILLS }, (_, i) => (i * 0.618_033_988_75 + 0.37) % 1);

test.each(killedAt.map((share, i) => [i, share] as const))(
  'killed at random step %i, it ends the same',
  async (i, share) => {
    const step = 1 + Math.floor(share * steps);
    const name = `killed-${i}`;
    const killed = await run(name, JOB, { KILL_AT: String(step) });
    const hadEnded = existsSync(join(killed.folder, 'bad.csv')) && readdirSync(join(killed.folder, 'out')).length === 2;
    // The order of some steps depends on the workers, so the last of them may never come; then the first run has ended by itself.
    const resumed = killed.code === null ? await run(name, [...JOB, '--resume'], {}) : killed;
    const code = killed.code === null && hadEnded ? 0 : 1;
    const said = code === 0 ? 'There is nothing to resume' : '5 rows rejected';
    expect([step, resumed.code, resumed.stderr]).toEqual([step, code, expect.stringContaining(said)]);
    expect([step, outcomeOf(killed.folder)]).toEqual([step, expected]);
    await prepare(['audit', 'verify', '--dir', 'made'], { cwd: killed.folder });
    rmSync(killed.folder, { recursive: true, force: true });
  },
);
