// The tests that a release has passed: the agent keeps them sealed, for whoever asks what was live then.
import { describe, expect, test } from '@jest/globals';
import { openTests, sealTests } from '../../../lib/publication/kept-tests.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

const SENTENCE = 'nobody but test_user sees deSSN in clear';
const TESTS = { tests: [{ user: 'test_user', unprotect: 'deSSN', value: '900-12-3456', gives: '900-12-3456' }] };

async function deployment() {
  const documents = new MemoryDocuments();
  const cloud = new TestCloud({ documents });
  await cloud.author(smallPolicy('one'));
  await cloud.authored.put('policy.tests.json', JSON.stringify({ ...TESTS, statements: [SENTENCE] }, null, 1));
  await (await cloud.agent()).run();
  cloud.nowMs += 1000;
  await cloud.author(smallPolicy('two'));
  await cloud.authored.put(
    'policy.tests.json',
    JSON.stringify({ statements: [SENTENCE, 'somebody may protect deSSN'] }),
  );
  await (await cloud.agent()).run();
  return { documents, cloud };
}

describe('the tests that a release has passed', () => {
  test('are kept with the release, and nothing of them is in clear', async () => {
    const { cloud, documents } = await deployment();
    const startMs = cloud.nowMs - 1000;
    const agent = await cloud.agent();
    expect(await agent.testsLived({ version: 1 })).toMatchObject({
      version: 1,
      tested: 2,
      kept: {
        file: 'policy.tests.json',
        atMs: startMs,
        passed: [
          { kind: 'test', text: 'test_user unprotects deSSN: 900-12-3456 (of a value)', line: 3 },
          { kind: 'statement', text: SENTENCE, line: expect.any(Number) },
        ],
      },
    });
    expect((await agent.testsLived({})).kept?.passed).toHaveLength(2);
    const stored = JSON.stringify([...documents.contents]);
    expect(stored).toContain('tests.sealed.json');
    expect(stored).not.toContain('nobody but');
    expect(stored).not.toContain('900-12');
  });

  test('are found after a rollback, and none where a release had none or kept none', async () => {
    const { cloud } = await deployment();
    await (await cloud.agent()).run({ kind: 'rollback' });
    const agent = await cloud.agent();
    expect(await agent.testsLived({})).toMatchObject({ version: 1, kept: { passed: [{ kind: 'test' }, {}] } });
    const plain = new TestCloud();
    await plain.author(smallPolicy('one'));
    await (await plain.agent()).run();
    expect((await (await plain.agent()).testsLived({})).kept).toBeUndefined();
  });

  test('are not those of another version that lies in their place', async () => {
    const { cloud, documents } = await deployment();
    const [one, two] = (await cloud.journal()).history.map(({ tests }) => tests!);
    documents.put(two!, (await documents.read(one!))!.text);
    await expect((await cloud.agent()).testsLived({ version: 2 })).rejects.toMatchObject({
      code: 'PUBLICATION_STATE_INVALID',
    });
  });
});

test('sealed tests open under their own purpose alone', async () => {
  const keys = memoryKeyService();
  const tests = { file: 'policy.tests.yaml', atMs: 5, passed: [] };
  const of = { policy: 'P', version: 3, createdAt: new Date(0) };
  const sealed = await sealTests(keys, tests, of, new Uint8Array(12).fill(1));
  expect(await openTests(keys, sealed)).toEqual({ version: 3, tests });
  await expect(openTests(keys, { ...sealed, testsOf: 'Q' })).rejects.toMatchObject({
    code: expect.stringMatching(/./),
  });
  await expect(openTests(keys, { ...sealed, version: 4 })).rejects.toMatchObject({ code: expect.stringMatching(/./) });
  const empty = await sealTests(keys, { file: 'x' } as never, of, new Uint8Array(12).fill(2));
  await expect(openTests(keys, empty)).rejects.toMatchObject({ code: 'BUNDLE_MALFORMED' });
});
