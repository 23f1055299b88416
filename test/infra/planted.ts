// The app with planted violations of rules.
import { fileURLToPath } from 'node:url';
import { App, CfnResource } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { parseConfig } from '../../infra/config.ts';
import { deploymentOf } from '../../infra/deployment.ts';

const app = new App();
const { protector } = deploymentOf(app, parseConfig({}), fileURLToPath(new URL('../../dist', import.meta.url)));

// It accepts plain HTTP.
new Bucket(protector, 'PlantedBucket');

// It has a right on all resources, without a reason.
const statement = new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] });
new Role(protector, 'PlantedRole', {
  assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  inlinePolicies: { All: new PolicyDocument({ statements: [statement] }) },
});

// CloudFormation does not know its property.
new CfnResource(protector, 'PlantedAlias', { type: 'AWS::Lambda::Alias', properties: { Nmae: 'Production' } });

app.synth();
