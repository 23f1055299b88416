// By the library as a whole: jest, which gives tests the built-in `Map`, cannot load the module that has a class of this name.
import { Aws, aws_stepfunctions as stepFunctions, type Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { objectMap } from '../object-map.ts';
import { acknowledge } from './acknowledge.ts';
import { roleName } from './bundled-function.ts';
import { acknowledgeWildcards, bucketArn, policyOf, type Right } from './rights.ts';

export interface ObjectJobsProps {
  /** Name of the state machine. */
  readonly name: string;
  /** ARN of the file protector. */
  readonly functionArn: string;
  /** Objects at once. */
  readonly concurrency: number;
  /** Name of the bucket of the sources, and where they begin in it. */
  readonly source: { readonly bucket: string; readonly prefix: string };
  /** Where manifests and lists of S3 Inventories lie. @default none are read */
  readonly inventory?: { readonly bucket: string; readonly prefix: string };
  /** Where the results of the map go. */
  readonly results: { readonly bucket: string; readonly prefix: string };
}

/** The state machine that protects whole buckets (`object-map.ts`). It lists the source, calls the function, and writes results. */
export class ObjectJobs extends Construct {
  readonly machineArn: string;

  constructor(scope: Stack, id: string, props: ObjectJobsProps) {
    super(scope, id);
    const { name, functionArn, concurrency, source, inventory, results } = props;
    // By its name: the role must be allowed to run the machine that runs under it.
    this.machineArn = machineArn(name);
    const executions = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:execution:${name}`;
    const rights: Right[] = [
      { actions: ['lambda:InvokeFunction'], resources: [functionArn] },
      {
        actions: ['s3:ListBucket'],
        resources: [bucketArn(source.bucket)],
        ...(source.prefix !== '' && { conditions: { StringLike: { 's3:prefix': [`${source.prefix}*`] } } }),
      },
      ...(inventory === undefined
        ? []
        : [
            {
              actions: ['s3:GetObject'],
              resources: [`${bucketArn(inventory.bucket)}/${inventory.prefix}*`],
              because: 'S3 names manifests and lists of inventories by their time',
            },
          ]),
      {
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
        resources: [`${bucketArn(results.bucket)}/${results.prefix}*`],
        because: 'Step Functions names the results by the run of the map',
      },
      // Each object is an execution of its own.
      { actions: ['states:StartExecution'], resources: [this.machineArn] },
      {
        actions: ['states:DescribeExecution', 'states:RedriveExecution', 'states:StopExecution'],
        resources: [`${executions}:*`, `${executions}/*:*`],
        because: 'Executions, whose names are not known before they exist',
      },
    ];
    const role = new Role(this, 'Role', {
      roleName: roleName(name),
      description: 'Runs the jobs of the file protector over whole buckets',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          ArnLike: { 'aws:SourceArn': this.machineArn },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
      inlinePolicies: { Rights: policyOf(rights) },
    });
    acknowledgeWildcards(role, rights);
    const machine = new stepFunctions.CfnStateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: 'STANDARD',
      roleArn: role.roleArn,
      definitionString: scope.toJsonString(
        objectMap({ functionArn, concurrency, resultBucket: results.bucket, resultPrefix: results.prefix }),
      ),
    });
    acknowledge(
      machine,
      'AwsSolutions-SF1',
      'Step Functions keeps each execution for 90 days; a log needs the right to change the policies of all logs',
    );
    acknowledge(machine, 'AwsSolutions-SF2', 'Traces are a setting, and the function measures how long its calls take');
  }
}

/** Returns the ARN of a state machine, which need not exist yet. */
export function machineArn(name: string): string {
  return `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${name}`;
}
