import { describe, expect, test } from '@jest/globals';
import { jobDigest, outputKey, parseFileJob } from '../../../lib/files/objects/job.ts';
import { openFileJob, sealFileJob } from '../../../lib/files/objects/sealed-job.ts';
import { workId } from '../../../lib/files/objects/state.ts';
import { JOB } from '../../support/object-world.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';

const IV = new Uint8Array(12);
const AT = new Date(0);

function digestWith(change: object): string {
  return jobDigest(parseFileJob({ ...JOB, ...change }));
}

describe('a job', () => {
  test.each([
    ['source: must be', { source: 'incoming/people/' }],
    ['source: must be', { source: 's3://incoming/people' }],
    ['target: must not hold the source', { target: 's3://incoming/' }],
    ['target: must not hold the source', { target: 's3://incoming/people/protected/' }],
    ['target: must not hold the source', { target: JOB.source }],
    ['sourcee: unknown member', { sourcee: 's3://incoming/' }],
    ['csv.delimiter: must be', { csv: { delimiter: '\n' } }],
    ['csv.quotes: unknown member', { csv: { quotes: '"' } }],
    ['name: must be', { name: '../people' }],
    ['look like ssn=deSSN', { columns: { ssn: 'deOld:deSSN' } }],
  ])('that has %s is refused', (message, change) => {
    expect(() => parseFileJob({ ...JOB, ...change })).toThrow(
      expect.objectContaining({ code: 'FILES_LAYOUT', message: expect.stringMatching(message) }),
    );
  });

  test('maps the keys below its source to keys below its target', () => {
    const job = parseFileJob({ ...JOB, target: 's3://outgoing/protected/', endings: ['.csv', '.csv.gz'] });
    const keys = ['people/a.csv', 'people/2026/b.csv.gz', 'people/c.parquet', 'people/', 'peoplex/a.csv', 'a.csv'];
    expect(keys.map((key) => outputKey(job, key))).toEqual([
      'protected/a.csv',
      'protected/2026/b.csv.gz',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('is other work where its outputs would be others, and the same where only its objects are', () => {
    const job = parseFileJob(JOB);
    expect([digestWith({ onUpload: true }), digestWith({ endings: ['.csv'] })]).toEqual([
      jobDigest(job),
      jobDigest(job),
    ]);
    const changes = [
      { columns: { ssn: 'deText' } },
      { user: 'analyst' },
      { rejects: 'list' },
      { target: 's3://outgoing/x/' },
    ];
    for (const change of changes) expect(digestWith(change)).not.toBe(jobDigest(job));
    expect(workId(job, 'people/a', '1')).not.toBe(workId(job, 'people/a', '2'));
  });

  test('opens as it was sealed, under its own name alone', async () => {
    const keys = memoryKeyService();
    const sealed = await sealFileJob(keys, parseFileJob(JOB), AT, IV);
    expect(JSON.stringify(sealed)).not.toContain('incoming');
    expect(await openFileJob(keys, sealed, 'people')).toEqual(parseFileJob(JOB));
    await expect(openFileJob(keys, sealed, 'other')).rejects.toMatchObject({ code: 'BUNDLE_TAMPERED' });
    await expect(openFileJob(keys, { ...sealed, job: 'other' }, 'other')).rejects.toMatchObject({
      code: 'KEY_REFUSED',
    });
  });
});
