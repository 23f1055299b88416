// The Lambda adapters over the in-memory service, by the SDK's client: what each answer of the service becomes.
import { LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { lambdaCapacity } from '../../lib/adapters/lambda/capacity.ts';
import { lambdaAliases, lambdaFunctions, lambdaInvoker } from '../../lib/adapters/lambda/functions.ts';
import { lambdaLayers } from '../../lib/adapters/lambda/layers.ts';
import { modelClient } from '../support/publication/lambda-http.ts';
import { LambdaModel } from '../support/publication/lambda-model.ts';

const NAME = 'protector-redshift';
const LAYER = 'protector-policy';

let model: LambdaModel;
let functions: ReturnType<typeof lambdaFunctions>;
let aliases: ReturnType<typeof lambdaAliases>;
let layers: ReturnType<typeof lambdaLayers>;
let invoker: ReturnType<typeof lambdaInvoker>;
beforeEach(() => {
  model = new LambdaModel();
  model.createFunction(NAME, () => (event) => {
    if (event === 'break') return Promise.reject(new RangeError('SECRET'));
    return Promise.resolve({ heard: event });
  });
  const client = modelClient(model);
  functions = lambdaFunctions({ client });
  aliases = lambdaAliases({ client, alias: 'Production' });
  layers = lambdaLayers({ client, layerName: LAYER });
  invoker = lambdaInvoker({ client });
});

const outdated = { code: 'PUBLICATION_OUTDATED' };

/** The configuration once it is no longer busy. */
async function ready(version?: string): Promise<Awaited<ReturnType<typeof functions.configuration>>> {
  const seen = await functions.configuration(NAME, version);
  return seen.state === 'busy' ? ready(version) : seen;
}

describe('the layers', () => {
  test('are listed over all pages, and removed by number any number of times', async () => {
    const published = [];
    for (const i of [1, 2, 3, 4, 5]) {
      // oxlint-disable-next-line no-await-in-loop -- numbers follow one another
      published.push(await layers.publish(Uint8Array.of(i), `Policy version ${i}`));
    }
    expect(published.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(await layers.list()).toEqual(published.toReversed());
    await layers.remove(2);
    await layers.remove(2);
    expect((await layers.list()).map(({ version }) => version)).toEqual([5, 4, 3, 1]);
  });

  test('are an empty list before the first publication', async () => {
    expect(await layers.list()).toEqual([]);
  });
});

describe('a function', () => {
  test('is busy after a change, and its revision changes once more when it is done', async () => {
    const { arn } = await layers.publish(Uint8Array.of(1), '');
    const before = await functions.configuration(NAME);
    await functions.setLayers(NAME, [arn], before.revision);
    const busy = await functions.configuration(NAME);
    expect(busy).toMatchObject({ state: 'busy', layers: [arn] });
    await expect(functions.setLayers(NAME, [], busy.revision)).rejects.toMatchObject(outdated);
    const after = await ready();
    expect(new Set([before.revision, busy.revision, after.revision]).size).toBe(3);
  });

  test('is changed and published only at the revision that was read', async () => {
    const { revision } = await functions.configuration(NAME);
    model.updateCode(NAME, 'other');
    await expect(functions.setLayers(NAME, [], revision)).rejects.toMatchObject(outdated);
    await expect(functions.publish(NAME, revision, '')).rejects.toMatchObject(outdated);
  });

  test('has another build after a deployment of code, settings or a network, and the same build with other layers', async () => {
    const { arn } = await layers.publish(Uint8Array.of(1), '');
    const { build, revision } = await ready();
    await functions.setLayers(NAME, [arn], revision);
    expect((await ready()).build).toBe(build);
    const builds = [build];
    for (const change of [
      () => model.updateCode(NAME, 'other'),
      () => model.updateSettings(NAME, { Environment: { Variables: { AUDIT_MODE: 'kinesis' } } }),
      () => model.updateSettings(NAME, { MemorySize: 3008 }),
      () => model.updateSettings(NAME, { VpcConfig: { SubnetIds: ['b', 'a'], SecurityGroupIds: [] } }),
    ]) {
      change();
      // oxlint-disable-next-line no-await-in-loop -- one after another
      builds.push((await ready()).build);
    }
    expect(new Set(builds).size).toBe(5);
    model.updateSettings(NAME, { VpcConfig: { SubnetIds: ['a', 'b'], SecurityGroupIds: [] } }); // in another order
    expect((await ready()).build).toBe(builds.at(-1));
  });

  test('is not published again while it is unchanged', async () => {
    const first = await functions.publish(NAME, (await ready()).revision, 'first');
    expect(await functions.publish(NAME, (await ready()).revision, 'second')).toEqual(first);
    model.updateCode(NAME, 'other');
    expect(await functions.publish(NAME, (await ready()).revision, 'third')).toMatchObject({ version: '2' });
  });

  test('keeps the layers of a version when they are removed, but is not given them again', async () => {
    const { arn, version } = await layers.publish(Uint8Array.of(1), '');
    await functions.setLayers(NAME, [arn], (await ready()).revision);
    const published = await functions.publish(NAME, (await ready()).revision, '');
    await layers.remove(version);
    expect(await ready(published.version)).toMatchObject({ layers: [arn] });
    await expect(functions.setLayers(NAME, [arn], (await ready()).revision)).rejects.toMatchObject({
      code: 'PUBLICATION_REFUSED',
      message: 'Lambda UpdateFunctionConfiguration failed: InvalidParameterValueException',
    });
  });

  test('reports that its update failed', async () => {
    model.functions.get(NAME)!.latest.failed = true;
    expect(await functions.configuration(NAME)).toMatchObject({ state: 'failed' });
  });
});

describe('an alias', () => {
  test('is moved only at the revision that was read, and every move gives it another', async () => {
    const { version } = await functions.publish(NAME, (await ready()).revision, '');
    model.createAlias(NAME, 'Production', version);
    const before = await aliases.get(NAME);
    await aliases.move(NAME, version, before.revision, 'to where it is');
    await expect(aliases.move(NAME, version, before.revision, '')).rejects.toMatchObject(outdated);
    expect(await aliases.get(NAME)).toMatchObject({ version, revision: expect.not.stringContaining(before.revision) });
  });

  test('is refused when it is absent, or moved to an absent version', async () => {
    await expect(aliases.get(NAME)).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
    model.createAlias(NAME, 'Production', '1');
    const { revision } = await aliases.get(NAME);
    await expect(aliases.move(NAME, '9', revision, '')).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
  });
});

describe('a function on instances', () => {
  const ON = 'protector-rest-1a2b3c4d';
  let capacity: ReturnType<typeof lambdaCapacity>;
  beforeEach(async () => {
    model.createOnInstances(ON, () => () => Promise.resolve('here'));
    capacity = lambdaCapacity({ client: modelClient(model), provider: 'protector-1a2b3c4d', least: 3, most: 30 });
    for (const code of ['one', 'two', 'three']) {
      model.updateCode(ON, code);
      // oxlint-disable no-await-in-loop -- one after another
      await functions.publish(ON, (await functions.configuration(ON)).revision, '');
      await started(String(model.functions.get(ON)!.versions.size));
      // oxlint-enable no-await-in-loop
    }
  });

  const started = async (version: string): Promise<string> => {
    const { state } = await functions.configuration(ON, version);
    return state === 'busy' ? started(version) : state;
  };

  test('lists its running versions over all pages, and no other function', async () => {
    await functions.publish(NAME, (await ready()).revision, '');
    expect(await capacity.running()).toEqual(['1', '2', '3'].map((version) => ({ name: ON, version })));
    await capacity.stop(ON, '2');
    expect(await capacity.running()).toEqual(['1', '3'].map((version) => ({ name: ON, version })));
  });

  test('answers nothing in a version that is stopped, until it is started', async () => {
    await capacity.stop(ON, '1');
    expect(await started('1')).toBe('stopped');
    await expect(invoker.invoke(ON, '1', {})).rejects.toMatchObject({ code: 'PUBLICATION_UNAVAILABLE' });
    await capacity.start(ON, '1');
    expect(await started('1')).toBe('ready');
    expect(await invoker.invoke(ON, '1', {})).toEqual({ kind: 'reply', reply: 'here' });
    expect(model.getScaling(ON, '1')).toEqual({ least: 3, most: 30 });
  });

  test('is changed by a start only where it has other environments, and not while a change is under way', async () => {
    await capacity.start(ON, '1');
    await expect(capacity.stop(ON, '1')).rejects.toMatchObject(outdated);
    await capacity.start(ON, '1');
    expect(await started('1')).toBe('ready');
  });

  const build = async (settings: object): Promise<string> => {
    const config = { CapacityProviderArn: 'arn', ...settings };
    model.updateSettings(ON, {
      CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: config },
    });
    return (await functions.configuration(ON)).build;
  };

  test('has another build with other requests at once, or other memory for a processor', async () => {
    const builds = [
      await build({}),
      await build({ PerExecutionEnvironmentMaxConcurrency: 16 }),
      await build({ ExecutionEnvironmentMemoryGiBPerVCpu: 4 }),
    ];
    expect(new Set(builds).size).toBe(3);
  });

  test('on demand has no environments to set', async () => {
    await functions.publish(NAME, (await ready()).revision, '');
    await ready('1');
    await expect(capacity.start(NAME, '1')).rejects.toMatchObject({ code: 'PUBLICATION_REFUSED' });
  });
});

describe('an invocation', () => {
  test('gives the reply, or the type of the error of the function without its text', async () => {
    await functions.publish(NAME, (await ready()).revision, '');
    await ready('1');
    expect(await invoker.invoke(NAME, '1', { a: 'Zoë' })).toEqual({ kind: 'reply', reply: { heard: { a: 'Zoë' } } });
    expect(await invoker.invoke(NAME, '1', 'break')).toEqual({ kind: 'broken', error: 'RangeError' });
  });
});

test.each([
  [429, 'TooManyRequestsException', 'PUBLICATION_UNAVAILABLE'],
  [500, 'ServiceException', 'PUBLICATION_UNAVAILABLE'],
  [502, 'KMSDisabledException', 'PUBLICATION_UNAVAILABLE'],
  [undefined, 'TimeoutError', 'PUBLICATION_UNAVAILABLE'],
  [403, 'AccessDeniedException', 'PUBLICATION_REFUSED'],
  [400, 'CodeStorageExceededException', 'PUBLICATION_REFUSED'],
  [400, 'CodeVerificationFailedException', 'PUBLICATION_REFUSED'],
  [413, 'RequestTooLargeException', 'PUBLICATION_REFUSED'],
  [409, 'ResourceConflictException', 'PUBLICATION_OUTDATED'],
  [412, 'PreconditionFailedException', 'PUBLICATION_OUTDATED'],
])('every call maps status %s, %s, to %s, without the text of the service', async (status, name, code) => {
  const client = {
    send: () => Promise.reject(Object.assign(new Error('arn:SECRET'), { name, $metadata: { httpStatusCode: status } })),
  } as unknown as LambdaClient;
  const [f, a] = [lambdaFunctions({ client }), lambdaAliases({ client, alias: 'Production' })];
  const l = lambdaLayers({ client, layerName: LAYER });
  const c = lambdaCapacity({ client, provider: 'protector', least: 1, most: 2 });
  const calls: Record<string, Promise<unknown>> = {
    GetFunctionConfiguration: f.configuration(NAME),
    UpdateFunctionConfiguration: f.setLayers(NAME, [], ''),
    PublishVersion: f.publish(NAME, '', ''),
    GetAlias: a.get(NAME),
    UpdateAlias: a.move(NAME, '1', '', ''),
    Invoke: lambdaInvoker({ client }).invoke(NAME, '1', {}),
    PublishLayerVersion: l.publish(Uint8Array.of(), ''),
    ListLayerVersions: l.list(),
    DeleteLayerVersion: l.remove(1),
    ListFunctionVersionsByCapacityProvider: c.running(),
    GetFunctionScalingConfig: c.start(NAME, '1'),
    PutFunctionScalingConfig: c.stop(NAME, '1'),
  };
  for (const [operation, call] of Object.entries(calls)) {
    // oxlint-disable-next-line no-await-in-loop -- all are under way
    await expect(call).rejects.toMatchObject({ code, message: `Lambda ${operation} failed: ${name}` });
  }
});
