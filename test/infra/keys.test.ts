// Key policies as KMS takes them: its lockout safety check refuses a policy under which the caller of CreateKey or
// PutKeyPolicy could not change the policy again.
// oxlint-disable-next-line import/no-unassigned-import -- it must come before the library
import '../support/cdk-library.ts';
import { App, type IStackSynthesizer, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from '@jest/globals';
import { administratorsOf } from '../../infra/administrators.ts';
import { all, covers, flat, list, type Stacks, type Statement, statementsOf, synthesise } from '../support/infra.ts';

const ADMINISTRATOR = 'arn:aws:iam::222222222222:role/security';
const DEPLOYER = 'arn:aws:iam::222222222222:role/pipeline';
const BOOTSTRAPPED = JSON.stringify({
  'Fn::Sub':
    'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}',
});
const optional = { tenants: {}, witness: { name: 'w', logs: ['logs.example.com/a+01234567+AQ=='] } };

const principalsOf = ({ principal }: Statement): string[] => list(Object(principal).AWS).map(flat);

/** Returns the principals that may change the policy of each key, whatever else is true of the request. */
function changers(stacks: Stacks): string[][] {
  return all(stacks, 'AWS::KMS::Key').map(({ resource: { Properties } }) =>
    statementsOf(Properties['KeyPolicy'])
      .filter(
        (one) => one.effect === 'Allow' && covers(one, 'kms:PutKeyPolicy') && Object.keys(one.condition).length === 0,
      )
      .flatMap(principalsOf),
  );
}

describe('the policy of each key can be changed later', () => {
  test.each<[string, object, string[]]>([
    ['by the account, without administrators', {}, ['arn:<AWS::Partition>:iam::<AWS::AccountId>:root']],
    [
      'by administrators and the role of cdk bootstrap',
      { keyAdministrators: [ADMINISTRATOR] },
      [ADMINISTRATOR, BOOTSTRAPPED],
    ],
    [
      'by administrators and the configured role',
      { keyAdministrators: [ADMINISTRATOR], deploymentRole: DEPLOYER },
      [ADMINISTRATOR, DEPLOYER],
    ],
  ])('%s', (_, config, expected) => {
    const found = changers(synthesise({ ...optional, ...config }));
    expect(found).toHaveLength(5);
    for (const one of found) expect(one).toEqual(expected);
  });

  test('by a role that must be named where no role of cdk bootstrap deploys', () => {
    const stack = new Stack(new App(), 'Test', { synthesizer: new LegacyStackSynthesizer() as IStackSynthesizer });
    const keyAdministrators = [ADMINISTRATOR];
    expect(() => administratorsOf(stack, { keyAdministrators, deploymentRole: undefined })).toThrow(
      /^protector\.deploymentRole: is required with keyAdministrators/,
    );
    expect(administratorsOf(stack, { keyAdministrators: [], deploymentRole: undefined })).toEqual([]);
  });

  test('by no role that nothing asked for: a deploying role without administrators is refused', () => {
    expect(() => synthesise({ deploymentRole: DEPLOYER })).toThrow(
      'protector.deploymentRole: is for keyAdministrators',
    );
  });
});

test('no administrator may use a key', () => {
  const policies = all(synthesise({ ...optional, keyAdministrators: [ADMINISTRATOR] }), 'AWS::KMS::Key');
  const administering = policies
    .flatMap(({ resource: { Properties } }) => statementsOf(Properties['KeyPolicy']))
    .filter((one) => principalsOf(one).includes(ADMINISTRATOR));
  expect(administering.length).toBeGreaterThan(3);
  for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Sign', 'kms:CreateGrant', 'kms:ReEncryptFrom']) {
    expect(administering.filter((one) => covers(one, action))).toEqual([]);
  }
});
