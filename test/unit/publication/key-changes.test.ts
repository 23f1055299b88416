import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { stateOf } from '../../../lib/policy/keyring.ts';
import { readCommand } from '../../../lib/publication/command.ts';
import { changeKeyring, ensureKeyring, type KeyChange, type KeyPlace } from '../../../lib/publication/durable-keys.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

const COMPROMISE: KeyChange = { kind: 'compromise', root: 1 };
const ROTATE: KeyChange = { kind: 'rotate', to: 2 };

describe('a change of the keyring', () => {
  let documents: MemoryDocuments;
  let place: KeyPlace;
  beforeEach(async () => {
    documents = new MemoryDocuments();
    place = { documents, keys: memoryKeyService(), random: randomBytes, now: () => new Date(0) };
    await ensureKeyring(place, 0, 'STORE', 1);
  });

  test('by agents at the same time loses none of them, and is made once', async () => {
    await Promise.all([COMPROMISE, ROTATE, COMPROMISE, ROTATE].map((change) => changeKeyring(place, 1, change)));
    const { version, content } = await changeKeyring(place, 1, COMPROMISE);
    expect(content.rootKeys.map((root) => [root.version, stateOf(root)])).toEqual([
      [1, 'compromised'],
      [2, 'active'],
    ]);
    expect([version, documents.contents.size]).toEqual([3, 3]);
  });

  test.each<[string, KeyChange]>([
    ['of a root key that is not there', { kind: 'compromise', root: 2 }],
    ['that skips a version', { kind: 'rotate', to: 3 }],
  ])('%s is refused', async (_, change) => {
    await expect(changeKeyring(place, 1, change)).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
    expect(documents.contents.size).toBe(1);
  });

  test('before the first policy is refused', async () => {
    documents.contents.clear();
    await expect(changeKeyring(place, 0, ROTATE)).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
  });
});

test.each<[KeyChange, string, string]>([
  [COMPROMISE, '76 root key version 1 is compromised', 'compromised'],
  [ROTATE, '78 root key version 2', 'deactivated'],
])('%j survives an agent that dies at any call, and is recorded', async (change, recorded, state) => {
  let cutOff = true;
  for (let at = 1; cutOff; at++) {
    // oxlint-disable no-await-in-loop -- one call later each time
    const cloud = new TestCloud({ functions: ['redshift-a'] });
    await cloud.author(smallPolicy('one'));
    await (await cloud.agent()).run();
    cloud.events.length = 0;
    let calls = 0;
    const before = (): void => {
      if (++calls === at) throw new Error('The agent died');
    };
    const run = async () => (await cloud.agent({}, { before })).run({ kind: 'keys', change });
    cutOff = await run().then(
      () => false,
      () => true,
    );
    const agent = await cloud.agent();
    expect(await agent.run({ kind: 'keys', change })).toEqual({ kind: 'keys-changed', live: 1 });
    const events = new Set(cloud.events.map(({ code, detail }) => `${code} ${detail}`));
    expect([...events]).toEqual([recorded]);
    expect((await agent.planKeys()).rootKeys[0]).toMatchObject({ version: 1, state, digests: [] });
    // oxlint-enable no-await-in-loop
  }
});

describe('an event', () => {
  test.each([
    [{ action: 'keys' }, { question: { kind: 'keys' } }],
    [{ action: 'rotate-keys', to: 2 }, { request: { kind: 'keys', change: ROTATE } }],
    [{ action: 'compromise', root: 1 }, { request: { kind: 'keys', change: COMPROMISE } }],
    [{ action: 'compromise', root: 1, dryRun: true }, { question: { kind: 'keys' } }],
    [{ action: 'rollback', force: true }, { request: { kind: 'rollback', force: true } }],
  ])('%j is read as what it asks for', (event, command) => {
    expect(readCommand(event)).toEqual(command);
  });

  test.each([
    { action: 'rotate-keys' },
    { action: 'compromise' },
    { action: 'compromise', root: 0 },
    { action: 'keys', root: 1 },
    { action: 'rollback', force: 'yes' },
  ])('%j is refused', (event) => {
    expect(() => readCommand(event)).toThrow(expect.objectContaining({ code: 'PUBLICATION_REFUSED' }));
  });
});
