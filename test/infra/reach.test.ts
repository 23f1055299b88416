// Who reaches a function, and what it reaches: VPC, private APIs, throttles, mutual TLS.
import { describe, expect, test } from '@jest/globals';
import {
  all,
  covers,
  flat,
  list,
  type Resource,
  type Stacks,
  statementsOf,
  synthesise,
  templatesOf,
} from '../support/infra.ts';

const vpc = { subnets: ['subnet-0123abcd'], securityGroups: ['sg-0123abcd'] };
const esa = { url: 'https://esa.example.com:9200' };
const JWT = { authorization: 'JWT', jwt: { secret: 'jwt' } };
const ENDPOINT = 'vpce-0123abcd';
const ROLE = 'arn:aws:iam::222222222222:role/caller';
const LOG = 'logs.example.com/a+01234567+AQ==';

const namesOf = (stacks: Stacks, isWanted: (resource: Resource) => boolean): string[] =>
  all(stacks, 'AWS::Lambda::Function')
    .filter(({ resource }) => isWanted(resource))
    .map(({ resource }) => flat(resource.Properties['FunctionName']).replace('protector-', ''));

describe('a VPC', () => {
  const placed = synthesise({ vpc, tenants: {}, audit: { esa } });

  test('has the functions that answer callers and those that reach an audit store or a SIEM', () => {
    expect(new Set(namesOf(placed, ({ Properties }) => 'VpcConfig' in Properties))).toEqual(
      new Set(['redshift', 'snowflake', 'rest', 'tenant-gateway', 'event-forwarder', 'log-forwarder']),
    );
    const places = all(placed, 'AWS::Lambda::Function').flatMap(
      ({ resource }) => resource.Properties['VpcConfig'] ?? [],
    );
    expect(new Set(places.map((place) => JSON.stringify(place)))).toEqual(
      new Set([JSON.stringify({ SecurityGroupIds: vpc.securityGroups, SubnetIds: vpc.subnets })]),
    );
  });

  test('has no function unless it is configured', () => {
    const without = synthesise({ tenants: {}, audit: { esa } });
    expect(namesOf(without, ({ Properties }) => 'VpcConfig' in Properties)).toEqual([]);
  });
});

/** Returns the resource policy of an API. */
const policyOf = (stacks: Stacks, part: string) =>
  statementsOf(
    all(stacks, 'AWS::ApiGateway::RestApi').find(({ id }) => id.startsWith(part))!.resource.Properties['Policy'],
  );

describe('a private API', () => {
  const isolated = synthesise({
    snowflake: { privateEndpoints: [ENDPOINT] },
    rest: { privateEndpoints: [ENDPOINT], callers: [ROLE] },
  });

  test.each(['SnowflakeApi', 'RestApi'])(
    'has no address on the internet, and denies all other endpoints: %s',
    (part) => {
      const api = all(isolated, 'AWS::ApiGateway::RestApi').find(({ id }) => id.startsWith(part))!;
      expect(api.resource.Properties['EndpointConfiguration']).toEqual({ Types: ['PRIVATE'] });
      const denied = policyOf(isolated, part).filter(({ effect }) => effect === 'Deny');
      expect(denied.map(({ condition }) => condition)).toContainEqual({
        StringNotEquals: { 'aws:SourceVpce': [ENDPOINT] },
      });
      for (const statement of denied) expect(covers(statement, 'execute-api:Invoke')).toBe(true);
    },
  );

  test('has the callers that it had: an endpoint alone is no caller', () => {
    for (const part of ['SnowflakeApi', 'RestApi']) {
      const allowed = policyOf(isolated, part).filter(({ effect }) => effect === 'Allow');
      expect(allowed.map(({ condition }) => Object.keys(condition))).toEqual([['ArnEquals']]);
    }
    const byIam = policyOf(synthesise({ rest: { privateEndpoints: [ENDPOINT] } }), 'RestApi');
    expect(byIam.map(({ effect }) => effect)).toEqual(['Deny']);
  });

  test('lets every caller of its endpoint in where the function verifies tokens', () => {
    const statements = policyOf(synthesise({ rest: { ...JWT, privateEndpoints: [ENDPOINT] } }), 'RestApi');
    expect(statements.map(({ effect, condition }) => [effect, Object.keys(condition)])).toEqual([
      ['Allow', []],
      ['Deny', ['StringNotEquals']],
    ]);
  });

  test('is deployed anew when its endpoints or callers change: API Gateway goes on with the former policy otherwise', () => {
    const deployments = [
      {},
      { rest: { privateEndpoints: [ENDPOINT] } },
      { rest: { privateEndpoints: ['vpce-9999abcd'] } },
      { rest: { callers: [ROLE] } },
    ].map(
      (config) => all(synthesise(config), 'AWS::ApiGateway::Deployment').find(({ id }) => id.startsWith('Rest'))!.id,
    );
    expect(new Set(deployments).size).toBe(deployments.length);
  });

  test('takes no client certificates', () => {
    const mutualTls = {
      domainName: 'a.example.com',
      certificate: 'arn:aws:acm:eu-west-1:111111111111:certificate/1',
      truststore: 's3://a/b',
    };
    expect(() => synthesise({ rest: { privateEndpoints: [ENDPOINT], mutualTls } })).toThrow(
      'protector.rest.mutualTls: is not for a private API',
    );
  });
});

/** Returns rate and burst of each stage, by the id of its API. */
const throttles = (config: object): Record<string, unknown[]> =>
  Object.fromEntries(
    all(synthesise(config), 'AWS::ApiGateway::Stage').map(({ stack, id, resource }) => {
      const [settings] = list(resource.Properties['MethodSettings']) as Record<string, unknown>[];
      return [
        `${stack}/${id.replace(/Deployment.*/, '')}`,
        [settings!['ThrottlingRateLimit'], settings!['ThrottlingBurstLimit']],
      ];
    }),
  );

describe('a throttle', () => {
  test('bounds what unknown callers cost wherever the gateway lets every caller in', () => {
    const witness = { name: 'w', logs: [LOG] };
    expect(throttles({ rest: JWT, tenants: {}, witness })).toEqual({
      'protector/SnowflakeApi': [undefined, undefined],
      'protector/RestApi': [200, 400],
      'tenants/Api': [200, 400],
      'witness/Api': [200, 400],
    });
  });

  test('is the configured one, for signed requests too', () => {
    const throttle = { rate: 7, burst: 9 };
    const found = throttles({ rest: { ...JWT, throttle }, snowflake: { throttle }, tenants: { throttle } });
    expect(new Set(Object.values(found).map(String))).toEqual(new Set(['7,9']));
    expect(throttles({})['protector/RestApi']).toEqual([undefined, undefined]);
  });
});

describe('settings that contradict each other are refused', () => {
  test.each(['redshift', 'snowflake', 'rest'])('more environments kept ready than are reserved: %s', (frontEnd) => {
    const config = (provisionedConcurrency: number) => ({
      [frontEnd]: { reservedConcurrency: 5, provisionedConcurrency },
    });
    expect(() => synthesise(config(6))).toThrow(`protector.${frontEnd}.provisionedConcurrency: must not be above`);
    expect(() => synthesise(config(5))).not.toThrow();
  });
});

test('mutual TLS names the target of the domain among the outputs, with its hosted zone', () => {
  const mutualTls = {
    domainName: 'a.example.com',
    certificate: 'arn:aws:acm:eu-west-1:111111111111:certificate/1',
    truststore: 's3://a/b',
  };
  const { Outputs = {} } = templatesOf({ rest: { mutualTls } }).find(({ stack }) => stack === 'protector')!.template;
  const valueOf = (id: string): string =>
    flat(Object.entries(Outputs).find(([name]) => new RegExp(`^${id}[0-9A-F]{8}$`).test(name))![1].Value);
  expect(valueOf('RestApiTarget')).toMatch(/^<RestApiDomain\w*\.RegionalDomainName>$/);
  expect(valueOf('RestApiTargetZone')).toMatch(/^<RestApiDomain\w*\.RegionalHostedZoneId>$/);
});

test('outputs name each forwarder and the alias of its operators, which commands and rights take', () => {
  const templates = templatesOf({ tenants: {} });
  for (const [stack, name, functionName] of [
    ['audit', 'LogForwarder', 'protector-log-forwarder'],
    ['tenants', 'EventForwarder', 'protector-event-forwarder'],
  ] as const) {
    const { Outputs, Resources } = templates.find((one) => one.stack === stack)!.template;
    const [fn, alias] = [name, `${name}Operator`].map((id) => /^<(\w+)>$/.exec(flat(Outputs![id]!.Value))?.[1]);
    expect(Resources[fn!]).toMatchObject({ Type: 'AWS::Lambda::Function', Properties: { FunctionName: functionName } });
    expect(Resources[alias!]).toMatchObject({
      Type: 'AWS::Lambda::Alias',
      Properties: { Name: 'operator', FunctionName: { Ref: fn } },
    });
  }
});

test('tags are on functions, keys, buckets and streams, and a name that AWS keeps is refused', () => {
  const tagged = synthesise({ tags: { team: 'security' }, tenants: {} });
  const kinds = ['AWS::Lambda::Function', 'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::Kinesis::Stream'];
  for (const { resource } of kinds.flatMap((kind) => all(tagged, kind))) {
    expect(resource.Properties['Tags']).toContainEqual({ Key: 'team', Value: 'security' });
  }
  expect(() => synthesise({ tags: { 'aws:team': 'x' } })).toThrow('protector.tags');
});
