import { describe, expect, test } from '@jest/globals';
import { AuditError } from '../../../lib/audit/errors.ts';
import { openSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import { CANARY } from '../../../lib/contract/policy-agent.ts';
import { CANARY_VALUE, canaryElement } from '../../../lib/publication/canary.ts';
import { SIGNING_KEY } from '../../../lib/publication/durable-keys.ts';
import { PublicationError } from '../../../lib/publication/errors.ts';
import { liveRelease } from '../../../lib/publication/journal.ts';
import { zip } from '../../../lib/publication/layer-zip.ts';
import type { RedshiftReply } from '../../../lib/wire/redshift.ts';
import { changed, POLICY, redshiftEvent } from '../../support/policy.ts';
import { POISONS } from '../../support/publication/protect-code.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { unzip } from '../../support/publication/unzip.ts';
import { ALIAS, LAYER, TestCloud } from '../../support/publication/world.ts';

const SSN = redshiftEvent('pty_protect_dessn', ['900-12-3456']);
const renamed = (name: string): unknown => changed(POLICY, ['roles', 3, 'name'], name);
const withElement = (name: string): unknown => {
  const id = '00000000-0000-4000-8000-0000000000ff';
  const element = { id, name, method: 'tokenization', type: 'numeric', shortData: 'error' };
  return changed(POLICY, ['elements', POLICY.elements.length], element);
};
const yaml = (type: string): string =>
  `name: P\ndataStore: S\nelements:\n  - id: 00000000-0000-4000-8000-000000000002\n    name: deSSN\n    method: tokenization\n    type: ${type}\n    shortData: error\nroles: []\n`;

async function cloudWith(...policies: unknown[]): Promise<TestCloud> {
  const cloud = new TestCloud();
  for (const policy of policies) {
    // oxlint-disable no-await-in-loop -- one after another
    await cloud.author(policy);
    await (await cloud.agent()).run();
    // oxlint-enable no-await-in-loop
  }
  cloud.events.length = 0;
  return cloud;
}

/** Code that fails on every request. */
const broken = (): (() => Promise<never>) => () => Promise.reject(new RangeError('broken'));
const codes = ({ events }: TestCloud): number[] => events.map(({ code }) => code);
const versions = (cloud: TestCloud): string[] => cloud.functions.map((name) => cloud.aliasVersion(name));
const layers = ({ model }: TestCloud): number[] => model.listLayerVersions(LAYER).map(({ version }) => version);

/** Refuses to remove a layer, a turn of the event loop later. */
async function refuseRemoval(call: string): Promise<void> {
  if (call !== 'layers.remove') return;
  await new Promise((resolve) => setImmediate(resolve));
  throw new PublicationError('PUBLICATION_REFUSED', 'The layer cannot be removed');
}

describe('the policy agent', () => {
  test('gives functions the audit signing key before the first policy, so that their refusals are recorded', async () => {
    const cloud = new TestCloud();
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: undefined });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: false });
    expect(cloud.sink.lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { protection: { audit_code: 31 }, signature: { key_id: expect.stringMatching(/^95f5a194/) } },
    ]);
    expect(codes(cloud)).toEqual([78]);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: undefined });
    expect(versions(cloud)).toEqual(['2', '2']);
    await cloud.author(POLICY);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 1 });
    expect(layers(cloud)).toEqual([2]);
  });

  test('finishes in the next run when it is interrupted anywhere before the first policy', async () => {
    let cutOff = true;
    let steps = 0;
    for (let at = 1; cutOff; at++) {
      const cloud = new TestCloud();
      let calls = 0;
      const before = (): void => {
        if (++calls === at) throw new Error('The agent died');
      };
      // oxlint-disable no-await-in-loop -- one call later each time
      const agent = await cloud.agent({}, {});
      const dying = await cloud.agent({}, { before }).catch(() => agent);
      cutOff = await dying.run().then(
        () => calls >= at,
        () => true,
      );
      await agent.run();
      for (const name of cloud.functions) {
        const { layers: carried } = cloud.model.getFunctionConfiguration(name, ALIAS);
        expect(carried).toEqual([expect.stringMatching(`:${LAYER}:`)]);
      }
      // oxlint-enable no-await-in-loop
      steps = at;
    }
    expect(steps).toBeGreaterThan(10);
  });

  test('leaves a function with the audit signing key alone, also after a deployment of code', async () => {
    const cloud = new TestCloud();
    await (await cloud.agent()).run();
    cloud.model.updateCode('redshift-a', 'code-2');
    const calls: string[] = [];
    await (await cloud.agent({}, { before: (call) => void calls.push(call) })).run();
    expect(calls.filter((call) => /publish|setLayers|move/.test(call))).toEqual([]);
    expect(versions(cloud)).toEqual(['2', '2']);
  });

  test('prepares the existing functions while others do not exist yet', async () => {
    const cloud = new TestCloud();
    const functions = { 'redshift-absent': 'redshift', 'redshift-b': 'redshift' };
    expect(await (await cloud.agent({ functions })).run()).toEqual({ kind: 'unchanged', live: undefined });
    expect(versions(cloud)).toEqual(['1', '2']);
  });

  test('records that it may not restore layers when it undoes a policy, and restores them in a later run', async () => {
    const cloud = await cloudWith(smallPolicy('first'));
    await cloud.author(smallPolicy('breaks', 1, ['dePoisonBreaks']));
    let changes = 0;
    const before = (call: string): void => {
      if (call !== 'functions.setLayers' || ++changes < 3) return;
      throw new PublicationError('PUBLICATION_REFUSED', 'The service will not do it');
    };
    const carried = () => cloud.functions.map((name) => cloud.model.getFunctionConfiguration(name).layers);
    expect(await (await cloud.agent({}, { before })).run()).toMatchObject({ kind: 'undone', live: 1 });
    const live = liveRelease(await cloud.journal())!.layer;
    expect(carried()).not.toEqual([[live], [live]]);
    expect(JSON.stringify(cloud.events)).toContain('The service will not do it');
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(carried()).toEqual([[live], [live]]);
  });

  test.each([
    ['undoes a policy', smallPolicy('breaks', 1, ['dePoisonBreaks']), 3, { kind: 'undone', live: 3 }],
    ['removes old layers', smallPolicy('good'), 4, { kind: 'published', live: 4 }],
  ])('waits for the removal of a layer when it %s, and records the refusal', async (_, policy, live, outcome) => {
    const cloud = await cloudWith(...['one', 'two', 'three'].map((role) => smallPolicy(role)));
    await cloud.author(policy);
    expect(await (await cloud.agent({}, { before: refuseRemoval })).run()).toMatchObject(outcome);
    expect(cloud.events).toContainEqual(expect.objectContaining({ code: 86, detail: 'The layer cannot be removed' }));
    expect((await cloud.journal()).live).toBe(live);
  });

  test('publishes a first policy to every function, and records it in the audit trail', async () => {
    const cloud = new TestCloud();
    await cloud.author(POLICY, { my_ssn: { Operation: 'protect', Element: 'deSSN' } });
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 1 });
    const replies = await Promise.all(
      cloud.functions.flatMap((name) => [
        cloud.ask(name, SSN),
        cloud.ask(name, redshiftEvent('my_ssn', ['900-12-3456'])),
      ]),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ success: true, results: [expect.stringMatching(/^\d{3}-\d{2}-\d{4}$/)] });
    expect(cloud.events.map(({ code, detail }) => [code, detail])).toEqual([
      [78, 'audit signing key 95f5a194-b0a4-4351-a1b2-0123456789ab'],
      [78, 'root key version 1'],
      [50, undefined],
      ...['administrator', 'analyst', 'auditor', 'outsider'].map((role) => [56, role]),
      [86, 'short-data-in-clear: 2'],
      [86, 'other-characters-in-clear: 3'],
      [86, 'tokens-change-in-nfc: 1'],
      [86, 'all-powerful-role: 1'],
      [71, undefined],
    ]);
  });

  test('accepts YAML, and names the lines of its problems', async () => {
    const cloud = new TestCloud();
    await cloud.authored.put('policy.yaml', yaml('mystery'));
    expect(await (await cloud.agent()).run()).toMatchObject({ problems: [{ path: '$.elements[0].type', line: 7 }] });
    await cloud.authored.put('policy.yaml', yaml('numeric'));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 1 });
  });

  test('publishes a change as the next version: the same tokens, and records that name the version', async () => {
    const cloud = await cloudWith(POLICY);
    const before = await cloud.ask('redshift-a');
    await cloud.author(renamed('newcomer'));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 2 });
    cloud.sink.lines.length = 0;
    expect(await cloud.ask('redshift-a')).toEqual(before);
    expect(cloud.sink.lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { additional_info: { policy_version: '2' }, protection: { audit_code: 6 } },
    ]);
    expect(cloud.events.map(({ code, detail }) => [code, detail])).toEqual([
      [51, undefined],
      [56, 'newcomer'],
      [86, 'short-data-in-clear: 2'],
      [86, 'other-characters-in-clear: 3'],
      [86, 'tokens-change-in-nfc: 1'],
      [86, 'all-powerful-role: 1'],
      [71, undefined],
    ]);
  });

  test('does nothing for an upload that it handled, nor for the live policy uploaded again', async () => {
    const cloud = await cloudWith(POLICY);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    await cloud.author(JSON.stringify(POLICY, null, 4));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect(codes(cloud)).toEqual([]);
  });

  test.each([
    ['no JSON', '{"name": SECRET', '$'],
    ['an unknown type', changed(POLICY, ['elements', 0, 'type'], 'mystery'), '$.elements[0].type'],
    ['a name of the canary', withElement(`${CANARY}_2_k1`), '$.elements[5].name'],
    ['the user of the canary', changed(POLICY, ['roles', 1, 'members'], ['Protector_Canary']), '$.roles[1].members[0]'],
    ['another data store', changed(POLICY, ['dataStore'], 'OTHER'), '$.dataStore'],
    ['a root key that skips one', changed(POLICY, ['elements', 1, 'keyVersion'], 3), '$.elements[1].keyVersion'],
  ])('refuses a policy with %s once, and changes nothing', async (_, policy, path) => {
    const cloud = await cloudWith(POLICY);
    await cloud.author(policy);
    const outcome = await (await cloud.agent()).run();
    expect(outcome).toMatchObject({ kind: 'refused', live: 1, problems: [{ path }] });
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect(codes(cloud)).toEqual([80]);
  });

  test('stops at a lint rule that is configured as an error', async () => {
    const cloud = await cloudWith(POLICY);
    await cloud.author(renamed('x'));
    const agent = await cloud.agent({ stopAt: new Set(['all-powerful-role']) });
    expect(await agent.run()).toMatchObject({
      kind: 'refused',
      problems: [{ path: '$.roles[0]', message: expect.stringMatching(/^all-powerful-role: /) }],
    });
    expect(codes(cloud)).toEqual([80]);
  });

  test('adds the next root key when an element pins it, and older tokens stay readable', async () => {
    const cloud = await cloudWith(POLICY);
    const { results } = (await cloud.ask('redshift-a')) as Extract<RedshiftReply, { success: true }>;
    const rotated = changed(changed(POLICY, ['elements', 1, 'keyVersion'], 2), ['elements', 1, 'oldKeyVersions'], [1]);
    await cloud.author(rotated);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 2 });
    expect(cloud.events[0]).toMatchObject({ code: 78, detail: 'root key version 2' });
    expect(await cloud.ask('redshift-a')).not.toMatchObject({ results });
    const old = redshiftEvent('pty_unprotect_dessn_v1', results);
    expect(await cloud.ask('redshift-a', old)).toMatchObject({ results: ['900-12-3456'] });
    expect(Object.keys((await cloud.journal()).answers)).toEqual(['1', '2']);
  });

  test('refuses to publish with another root key than the one that protected the values', async () => {
    const cloud = await cloudWith(POLICY);
    // A keyring that opens, because it was sealed under the same key, and holds another root.
    const other = new TestCloud({ keys: cloud.keys });
    await other.author(POLICY);
    await (await other.agent()).run();
    const name = 'keys/keyring-1.sealed.json';
    const [ours, theirs] = [await cloud.documents.read(name), await other.documents.read(name)];
    await cloud.documents.write(name, theirs!.text, ours!.tag);
    await cloud.author(renamed('x'));
    expect(await (await cloud.agent()).run()).toMatchObject({
      kind: 'refused',
      problems: [{ message: 'root key version 1 is missing or differs from the one that protected the values' }],
    });
  });

  test.each(Object.entries(POISONS))(
    'undoes a policy whose function %s → %s, with the reason',
    async (element, how) => {
      const cloud = await cloudWith(POLICY);
      await cloud.author(withElement(element));
      const outcome = await (await cloud.agent()).run();
      expect(outcome).toMatchObject({ kind: 'undone', live: 1, version: 2 });
      expect(outcome).toMatchObject({
        reason: {
          breaks: 'redshift-a version 3: protect broke it: RangeError',
          lies: 'redshift-a version 3: protect gave another answer than the known one',
          refuses: 'redshift-a version 3: protect was refused: Something that no review foresaw',
        }[how],
      });
      expect(versions(cloud)).toEqual(['2', '2']);
      expect(codes(cloud)).toEqual([80]);
      expect(layers(cloud)).toEqual([1]);
      for (const name of cloud.functions) {
        expect(cloud.model.getFunctionConfiguration(name).layers).toEqual([expect.stringMatching(/:1$/)]);
      }
      // The agent does not try it again by itself, but does after another upload.
      expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
      await cloud.author(withElement(element));
      expect(await (await cloud.agent()).run()).toMatchObject({ kind: 'undone', version: 3 });
      await cloud.author(renamed('cure'));
      expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 4 });
    },
  );

  test('undoes a first policy that fails: functions keep the audit signing key only', async () => {
    const cloud = await cloudWith(withElement('dePoisonLies'));
    expect(versions(cloud)).toEqual(['3', '3']);
    expect(layers(cloud)).toEqual([2]);
    for (const name of cloud.functions) {
      const [archive, ...others] = cloud.model.getFunctionConfiguration(name, ALIAS).archives;
      expect(others).toEqual([]);
      expect(unzip(archive!).map(({ path }) => path)).toEqual(['protector/audit-signing.sealed.json']);
    }
  });

  test('keeps other layers of a function in place', async () => {
    const cloud = new TestCloud();
    const other = cloud.model.publishLayerVersion('extension', zip({}), '').arn;
    const { revision } = cloud.model.getFunctionConfiguration('redshift-a');
    cloud.model.updateFunctionConfiguration('redshift-a', [other], revision);
    for (const [i, policy] of [POLICY, renamed('x')].entries()) {
      // oxlint-disable no-await-in-loop -- one after another
      await cloud.author(policy);
      await (await cloud.agent()).run();
      // oxlint-enable no-await-in-loop
      const { layers: both } = cloud.model.getFunctionConfiguration('redshift-a', cloud.aliasVersion('redshift-a'));
      expect(both).toEqual([other, expect.stringMatching(new RegExp(`:${LAYER}:${i + 1}$`))]);
    }
  });

  test('keeps the layers of the last releases only', async () => {
    const cloud = await cloudWith(POLICY, ...['a', 'b', 'c', 'd'].map(renamed));
    expect((await cloud.journal()).releases.map(({ version }) => version)).toEqual([5, 4, 3]);
    expect(layers(cloud)).toEqual([5, 4, 3]);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });

  test('gives the live policy to a function that was deployed without one', async () => {
    const cloud = await cloudWith(POLICY);
    cloud.deploy('redshift-new');
    const functions = Object.fromEntries([...cloud.functions, 'redshift-new'].map((name) => [name, 'redshift']));
    expect(await (await cloud.agent({ functions })).run()).toEqual({ kind: 'redeployed', live: 1 });
    expect(await cloud.ask('redshift-new')).toEqual(await cloud.ask('redshift-a'));
    expect(await (await cloud.agent({ functions })).run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(codes(cloud)).toEqual([71]);
  });

  test('asks new code for the canary before callers get it', async () => {
    const cloud = await cloudWith(POLICY);
    cloud.model.updateCode('redshift-a', 'code-2');
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'redeployed', live: 1 });
    expect(versions(cloud)).toEqual(['3', '2']);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(codes(cloud)).toEqual([71]);
  });

  test('keeps the old code for callers when the new code fails, and does not try it again', async () => {
    const cloud = await cloudWith(POLICY);
    cloud.model.updateCode('redshift-a', 'code-2', broken);
    expect(await (await cloud.agent()).run()).toMatchObject({ kind: 'undone', live: 1, version: 1 });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    cloud.model.updateCode('redshift-a', 'code-3', cloud.code('redshift-a'));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'redeployed', live: 1 });
    expect(versions(cloud)).toEqual(['4', '2']);
  });

  test('tries a failed policy once more after a deployment of code', async () => {
    const cloud = new TestCloud();
    for (const name of cloud.functions) cloud.model.updateCode(name, 'code-0', broken);
    await cloud.author(POLICY);
    expect(await (await cloud.agent()).run()).toMatchObject({ kind: 'undone', live: undefined });
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: undefined });
    for (const name of cloud.functions) cloud.model.updateCode(name, 'code-2', cloud.code(name));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 2 });
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: true });
  });

  test('does not redeploy code that a rollback has removed', async () => {
    const cloud = await cloudWith(POLICY);
    cloud.model.updateCode('redshift-a', 'code-2');
    await cloud.author(renamed('with new code'));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 2 });
    expect(await (await cloud.agent()).run({ kind: 'rollback' })).toEqual({ kind: 'rolled-back', live: 1 });
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    expect(versions(cloud)).toEqual(['2', '2']);
  });

  test('does not move an alias that another party has moved meanwhile, and undoes the others', async () => {
    const cloud = await cloudWith(POLICY, renamed('w'));
    await cloud.author(renamed('x'));
    const agent = await cloud.agent(
      {},
      {
        before: (call) => {
          const alias = cloud.model.getAlias('redshift-b', ALIAS);
          if (call === 'aliases.move' && alias.version === '3') {
            cloud.model.updateAlias('redshift-b', ALIAS, { ...alias, version: '2' });
          }
        },
      },
    );
    expect(await agent.run()).toMatchObject({ kind: 'undone', reason: expect.stringContaining('somebody else') });
    expect(versions(cloud)).toEqual(['3', '2']);
  });

  test('ends a weighted routing when it moves the alias', async () => {
    const cloud = await cloudWith(POLICY);
    const alias = cloud.model.getAlias('redshift-a', ALIAS);
    cloud.model.updateAlias('redshift-a', ALIAS, { ...alias, weights: { '1': 0.5 } });
    await cloud.author(renamed('x'));
    await (await cloud.agent()).run();
    const { version, weights } = cloud.model.getAlias('redshift-a', ALIAS);
    expect([version, weights]).toEqual(['3', {}]);
  });

  test('moves no alias before its records are durable', async () => {
    const cloud = await cloudWith(POLICY);
    await cloud.author(renamed('x'));
    const mute = await cloud.agent(
      {},
      {
        before: (call) => {
          if (call === 'trail.record') throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'The trail is down');
        },
      },
    );
    await expect(mute.run()).rejects.toMatchObject({ code: 'AUDIT_SINK_UNAVAILABLE' });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 2 });
    expect(codes(cloud).at(0)).toBe(51);
    expect(codes(cloud).at(-1)).toBe(71);
  });

  test('undoes everything when one of two functions does not exist', async () => {
    const cloud = await cloudWith(POLICY);
    await cloud.author(renamed('x'));
    const agent = await cloud.agent({ functions: { 'redshift-a': 'redshift', absent: 'redshift' } });
    expect(await agent.run()).toMatchObject({
      kind: 'undone',
      reason: 'Lambda GetFunctionConfiguration failed: ResourceNotFoundException',
    });
    expect(versions(cloud)).toEqual(['2', '2']);
  });

  test('keeps a request under the policy that it began with, which its record names', async () => {
    const cloud = await cloudWith(POLICY);
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    const append = cloud.sink.append.bind(cloud.sink);
    cloud.sink.append = async (lines) => {
      if (lines.some(({ line }) => line.includes('in-flight'))) await gate;
      return append(lines);
    };
    const underWay = cloud.ask('redshift-a', { ...SSN, query_id: 'in-flight' });
    await cloud.author(renamed('x'));
    await (await cloud.agent()).run();
    await cloud.ask('redshift-a', { ...SSN, query_id: 'after' });
    release();
    expect(await underWay).toMatchObject({ success: true });
    const records = cloud.sink.lines
      .map((line) => JSON.parse(line) as { additional_info: { query_id: string; policy_version: string } })
      .map(({ additional_info: info }) => [info.query_id, info.policy_version]);
    expect(records).toContainEqual(['rs-query-id:in-flight', '1']);
    expect(records).toContainEqual(['rs-query-id:after', '2']);
  });
});

describe('the canary', () => {
  test('speaks the language of every front end', async () => {
    const cloud = new TestCloud({ functions: ['redshift-a', 'snowflake-a', 'rest-a'] });
    await cloud.author(POLICY);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 1 });
    const records = cloud.sink.lines.map(
      (line) => JSON.parse(line) as { cnt: number; protector: { vendor: string }; protection: { audit_code: number } },
    );
    expect(records.map(({ cnt, protector, protection }) => [protector.vendor, protection.audit_code, cnt])).toEqual(
      ['aws.redshift', 'aws.snowflake', 'aws.rest'].flatMap((vendor) => [
        [vendor, 6, 1],
        [vendor, 8, 1],
      ]),
    );
  });

  test.each(['snowflake', 'rest'])('finds a %s function that refuses wrongly', async (frontEnd) => {
    const cloud = new TestCloud({ functions: [`${frontEnd}-a`] });
    await cloud.author(withElement('dePoisonRefuses'));
    expect(await (await cloud.agent()).run()).toMatchObject({
      kind: 'undone',
      reason: expect.stringContaining('refused'),
    });
  });

  test('is answered by functions with a service user', async () => {
    const cloud = new TestCloud();
    await cloud.author(POLICY);
    await (await cloud.agent({ serviceUser: 'service' })).run();
    const event = redshiftEvent(`pty_protect_${canaryElement(1, '1')}`, [CANARY_VALUE], { user: 'service' });
    expect(await cloud.ask('redshift-a', event)).toMatchObject({ success: true });
  });

  test('leaves verifiable records under the new version, like any request', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'));
    const records = cloud.sink.lines.map(
      (line) =>
        JSON.parse(line) as {
          additional_info: { policy_version: string };
          protection: { policy_user: string; audit_code: number; dataelement: string };
        },
    );
    expect(records).toHaveLength(8);
    for (const [i, { additional_info: info, protection }] of records.entries()) {
      const version = i < 4 ? 1 : 2;
      expect(info.policy_version).toBe(String(version));
      expect(protection.policy_user).toBe(CANARY);
      expect(protection.dataelement).toBe(canaryElement(version, '1'));
      expect(protection.audit_code).toBe([6, 8][i % 2]);
    }
    const { keyId, key } = await openSigningKey(
      cloud.keys,
      JSON.parse((await cloud.documents.read(SIGNING_KEY))!.text),
    );
    expect(await verifyTrail(cloud.sink.lines, new Map([[keyId, key]]))).toMatchObject({ valid: true, records: 8 });
  });

  test('has the answer of the first policy in every version', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'), renamed('y'));
    const answers = (await cloud.journal()).releases.map(({ answers: known }) => known['1']);
    expect(new Set(answers).size).toBe(1);
  });

  test.each(['test_user', 'analyst', 'nobody'])('is out of reach for %s', async (user) => {
    const cloud = await cloudWith(POLICY);
    const event = redshiftEvent(`pty_protect_${canaryElement(1, '1')}`, [CANARY_VALUE], { user });
    expect(await cloud.ask('redshift-a', event)).toMatchObject({ success: false });
  });

  test('has no other permission, except through a default role', async () => {
    const cloud = await cloudWith(POLICY);
    for (const { name } of POLICY.elements as { name: string }[]) {
      for (const operation of ['protect', 'unprotect']) {
        const event = redshiftEvent(`pty_${operation}_${name}`, ['900-12-3456'], { user: CANARY });
        // oxlint-disable-next-line no-await-in-loop -- each by itself
        expect(await cloud.ask('redshift-a', event)).toMatchObject({ success: false });
      }
    }
  });
});

describe('a rollback', () => {
  const rollback = { kind: 'rollback' } as const;

  test('goes back to the version that was live before, at once and for every function', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'));
    const agent = await cloud.agent();
    expect(await agent.planRollback()).toEqual({
      from: 2,
      to: 1,
      functions: cloud.functions.map((name) => ({ name, from: '3', to: '2' })),
    });
    expect(versions(cloud)).toEqual(['3', '3']);
    expect(await agent.run(rollback)).toEqual({ kind: 'rolled-back', live: 1 });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect(cloud.events.slice(-1)).toMatchObject([
      { code: 71, policyVersion: '1', detail: 'rolled back from version 2' },
    ]);
    // The next version of the function does not carry the other policy.
    for (const name of cloud.functions) {
      expect(cloud.model.getFunctionConfiguration(name).layers).toEqual([expect.stringMatching(/:1$/)]);
    }
  });

  test('is not undone by the next schedule; the next upload is published as a new version', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'));
    await (await cloud.agent()).run(rollback);
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'unchanged', live: 1 });
    await cloud.author(renamed('y'));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 3 });
    // And from there back to what was live, not to what was rolled back.
    expect(await (await cloud.agent()).planRollback()).toMatchObject({ from: 3, to: 1 });
  });

  test('goes to any kept version, also forward', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'), renamed('y'));
    await (await cloud.agent()).run({ ...rollback, to: 1 });
    expect(await (await cloud.agent()).run({ ...rollback, to: 3 })).toEqual({ kind: 'rolled-back', live: 3 });
    expect(versions(cloud)).toEqual(['4', '4']);
  });

  test('requested twice happens once', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'), renamed('y'));
    const request = { ...rollback, from: 3, to: 2 };
    expect(await (await cloud.agent()).run(request)).toEqual({ kind: 'rolled-back', live: 2 });
    expect(await (await cloud.agent()).run(request)).toEqual({ kind: 'rolled-back', live: 2 });
    expect(codes(cloud).filter((code) => code === 71)).toHaveLength(1);
  });

  test.each([
    [
      'to a version that is not kept',
      [POLICY, renamed('x')],
      { to: 7 },
      'version 7 is not kept; versions that are: 2, 1',
    ],
    ['of the first version', [POLICY], {}, 'no earlier version is kept to roll back to'],
    ['of nothing', [], {}, 'no earlier version is kept to roll back to'],
    [
      'meant for another version',
      [POLICY, renamed('x')],
      { from: 1 },
      'version 2 is live, and the rollback was requested for version 1',
    ],
  ])('%s is refused', async (_, policies, change, why) => {
    const cloud = await cloudWith(...policies);
    const running = (await cloud.agent()).run({ ...rollback, ...change });
    await expect(running).rejects.toMatchObject({
      code: 'PUBLICATION_REFUSED',
      message: `The policy cannot be rolled back: ${why}`,
    });
  });

  test('undoes a publication under way instead of finishing it', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'));
    await cloud.author(renamed('y'));
    const interrupted = await cloud.agent(
      {},
      {
        before: (call) => {
          if (call === 'aliases.move') throw new Error('The agent is killed');
        },
      },
    );
    await expect(interrupted.run()).rejects.toThrow('killed');
    expect(await (await cloud.agent()).run(rollback)).toEqual({ kind: 'rolled-back', live: 1 });
    expect(versions(cloud)).toEqual(['2', '2']);
    expect((await cloud.journal()).releases.map(({ version }) => version)).toEqual([2, 1]);
  });

  test('fails when the version now gives a wrong answer', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'));
    cloud.model.functions
      .get('redshift-b')!
      .environments.set('2', () => Promise.resolve({ success: true, results: [] }));
    expect(await (await cloud.agent()).run(rollback)).toMatchObject({ kind: 'undone', live: 2, version: 1 });
    expect(versions(cloud)).toEqual(['3', '3']);
    expect(layers(cloud)).toEqual([2, 1]);
  });

  test('publishes a new version of a function that is newer than the target', async () => {
    const cloud = await cloudWith(POLICY, renamed('x'));
    cloud.deploy('redshift-new');
    const functions = { 'redshift-a': 'redshift', 'redshift-new': 'redshift' };
    await (await cloud.agent({ functions })).run();
    expect(await (await cloud.agent({ functions })).planRollback()).toMatchObject({
      functions: [
        { name: 'redshift-a', from: '3', to: '2' },
        { name: 'redshift-new', from: '2' },
      ],
    });
    expect(await (await cloud.agent({ functions })).run(rollback)).toEqual({ kind: 'rolled-back', live: 1 });
    expect(await cloud.ask('redshift-new')).toMatchObject({ success: true });
  });
});
