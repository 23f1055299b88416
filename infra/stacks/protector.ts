// The protect functions, and how Redshift, Snowflake and REST clients reach them.
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AuthorizationType } from 'aws-cdk-lib/aws-apigateway';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  Effect,
  type IPrincipal,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { DEFAULT_ALIAS } from '../../lib/contract/policy-agent.ts';
import { BUDGET_PREFIX, ENV, REST_ENV } from '../../lib/contract/protect-function.ts';
import { functionName } from '../../lib/contract/deployment.ts';
import { FRONT_ENDS, type FrontEnd } from '../../lib/contract/front-ends.ts';
import { type Config, type RedshiftConfig, type RestConfig, type SnowflakeConfig, throttleOf } from '../config.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import { ApiLogRole } from '../constructs/api-log-role.ts';
import { type InstancePlacement, roleArn, roleName } from '../constructs/bundled-function.ts';
import { CapacityProvider } from '../constructs/capacity-provider.ts';
import { JsonApi } from '../constructs/json-api.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import { ProtectFunction } from '../constructs/protect-function.ts';
import { instancesOf } from '../instances.ts';
import { countsParameter } from '../naming.ts';
import { defined, type RestSettings } from '../settings.ts';
import { policyOf, type Right } from '../constructs/rights.ts';
import { readingSecret } from '../constructs/reading-secret.ts';
import type { AuditStack } from './audit.ts';
import type { PolicyStack } from './policy.ts';

export interface ProtectorStackProps extends StackProps {
  readonly config: Config;
  /** Folder of the bundles. */
  readonly bundles: string;
  readonly audit: AuditStack;
  readonly policy: PolicyStack;
}

/** The protect functions of a deployment. Only the counts of a few days outlive the stack. */
export class ProtectorStack extends Stack {
  readonly functions: Readonly<Record<FrontEnd, ProtectFunction | undefined>>;
  readonly apis: Readonly<Record<FrontEnd, JsonApi | undefined>>;
  readonly #props: ProtectorStackProps;
  readonly #counts: PrivateBucket | undefined;
  readonly #instances: InstancePlacement | undefined;

  constructor(scope: Construct, id: string, props: ProtectorStackProps) {
    const { config, bundles: _bundles, audit: _audit, policy: _policy, ...rest } = props;
    super(scope, id, rest);
    this.#props = props;
    this.#counts = config.budgets ? this.#countBucket() : undefined;
    this.#instances = this.#placement();
    const { redshift, snowflake, rest: restApi } = config;
    const needsLogRole = config.apiGatewayLogRole && (snowflake !== false || restApi !== false);
    const logRole = needsLogRole ? new ApiLogRole(this, 'ApiLogRole') : undefined;
    this.functions = {
      redshift: redshift ? this.#redshift(redshift) : undefined,
      snowflake: snowflake
        ? this.#function('Snowflake', 'snowflake', 'Snowflake external function', snowflake)
        : undefined,
      rest: restApi
        ? this.#function('Rest', 'rest', 'REST API', restApi, restSettings(restApi), restRights(restApi))
        : undefined,
    };
    this.apis = {
      redshift: undefined, // Redshift invokes the function itself
      snowflake: snowflake ? this.#snowflakeApi(snowflake, logRole) : undefined,
      rest: restApi ? this.#restApi(restApi, logRole) : undefined,
    };
  }

  #function(
    id: string,
    frontEnd: FrontEnd,
    description: string,
    {
      reservedConcurrency,
      provisionedConcurrency,
    }: Pick<RedshiftConfig, 'reservedConcurrency' | 'provisionedConcurrency'>,
    settings: RestSettings = {},
    rights: readonly Right[] = [],
  ): ProtectFunction {
    const { config, bundles, audit, policy } = this.#props;
    const { mode, flushIntervalMs } = config.audit;
    return new ProtectFunction(this, id, {
      functionName: functionName(config.name, frontEnd),
      description: `${description}: protects and unprotects columns`,
      bundles,
      bundle: frontEnd,
      memoryMb: config.memoryMb,
      logDays: config.functionLogDays,
      tracing: config.tracing,
      vpc: config.vpc,
      instances: this.#instances,
      reservedConcurrency,
      provisionedConcurrency,
      environment: {
        ...(mode === 'kinesis'
          ? { [ENV.auditMode]: mode, [ENV.auditStream]: audit.stream.streamName }
          : { [ENV.auditMode]: mode, [ENV.auditLogGroup]: audit.logGroup.logGroupName }),
        ...defined({
          [ENV.auditFlushIntervalMs]: flushIntervalMs?.toString(),
          [ENV.usernameRegex]: config.usernameRegex,
          [ENV.serviceUser]: config.serviceUser,
          [ENV.budgetStore]: this.#counts && `s3://${this.#counts.bucketName}/${BUDGET_PREFIX}`,
        }),
        ...settings,
      },
      rights: [audit.writing(), ...policy.key.opening(), ...countRights(this.#counts), ...rights],
    });
  }

  /** Makes the instances that the functions share: all of them may open the same policy. */
  #placement(): InstancePlacement | undefined {
    const { config } = this.#props;
    const instances = instancesOf(config);
    if (instances === undefined) return undefined;
    const provider = new CapacityProvider(this, 'Instances', { deployment: config.name, instances });
    new CfnOutput(this, 'CapacityProvider', { value: instances.provider });
    return { ...instances, providerArn: provider.arn };
  }

  /** Makes the bucket of the counts. A count is of one day in UTC, and no clock is days off. */
  #countBucket(): PrivateBucket {
    const counts = new PrivateBucket(this, 'Budgets', {
      lifecycleRules: [{ expiration: Duration.days(3), noncurrentVersionExpiration: Duration.days(1) }],
    });
    const { name } = this.#props.config;
    const roles = [...FRONT_ENDS, 'file-protector' as const].map((writer) => roleArn(functionName(name, writer)));
    counts.reserve(['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], roles);
    acknowledge(
      counts,
      'AwsSolutions-S1',
      'It holds counts of three days, and a log of each would be larger than they are',
    );
    new StringParameter(this, 'BudgetCounts', {
      parameterName: countsParameter(name),
      description: 'The bucket that counts the values that users see, for the file protector',
      stringValue: counts.bucketName,
    });
    return counts;
  }

  /** Makes the function and the role that the warehouse calls it with. */
  #redshift(redshift: RedshiftConfig): ProtectFunction {
    const { name } = this.#props.config;
    const made = this.#function('Redshift', 'redshift', 'Redshift Lambda UDF', redshift);
    const role = new Role(this, 'RedshiftCaller', {
      roleName: roleName(`${name}-redshift-caller`),
      description: 'Amazon Redshift calls the protect function with it',
      assumedBy: new CompositePrincipal(
        new ServicePrincipal('redshift.amazonaws.com'),
        new ServicePrincipal('redshift-serverless.amazonaws.com'),
        ...redshift.trustedRoles.map((arn) => new ArnPrincipal(arn)),
      ),
      inlinePolicies: {
        Call: policyOf([{ actions: ['lambda:InvokeFunction'], resources: [made.aliasArn] }]),
      },
    });
    new CfnOutput(this, 'RedshiftRole', { value: role.roleArn });
    new CfnOutput(this, 'RedshiftFunction', { value: `${made.function.functionName}:${DEFAULT_ALIAS}` });
    new CfnOutput(this, 'RedshiftDdl', {
      description: 'Prints the external functions of the sealed policy',
      value: `npx protector ddl redshift --function ${made.function.functionName}:${DEFAULT_ALIAS} --role ${role.roleArn}`,
    });
    return made;
  }

  #snowflakeApi(
    { iamUser, externalId, throttle, privateEndpoints }: SnowflakeConfig,
    logRole: ApiLogRole | undefined,
  ): JsonApi {
    const { name } = this.#props.config;
    const callerName = roleName(`${name}-snowflake-caller`);
    const caller = roleArn(`${name}-snowflake-caller`);
    const api = new JsonApi(this, 'SnowflakeApi', {
      apiName: functionName(name, 'snowflake'),
      description: 'External functions of Snowflake',
      target: this.functions.snowflake!.aliasArn,
      routes: ['POST /snowflake'],
      authorization: AuthorizationType.IAM,
      policy: new PolicyDocument({ statements: [...onlyFor([caller]), ...onlyThrough(privateEndpoints)] }),
      isPrivate: privateEndpoints !== undefined,
      throttle,
      refusal: errorMessage,
      tracing: this.#props.config.tracing,
      logDays: this.#props.config.functionLogDays,
      logRole,
    });
    const role = new Role(this, 'SnowflakeCaller', {
      roleName: callerName,
      description: 'Snowflake calls the API with it',
      assumedBy: snowflakeUser(iamUser, externalId),
      inlinePolicies: {
        Call: policyOf([{ actions: ['execute-api:Invoke'], resources: [api.arnOf('POST', '/snowflake')] }]),
      },
    });
    if (iamUser === undefined) denyAll(role);
    new CfnOutput(this, 'SnowflakeRole', { value: role.roleArn });
    new CfnOutput(this, 'SnowflakeUrl', { value: `${api.url}/snowflake` });
    new CfnOutput(this, 'SnowflakeDdl', {
      description: 'Prints the API integration and the external functions of the sealed policy',
      value: `npx protector ddl snowflake --api ${api.url}/snowflake --role ${role.roleArn}`,
    });
    return api;
  }

  #restApi(rest: RestConfig, logRole: ApiLogRole | undefined): JsonApi {
    const { config } = this.#props;
    const { authorization, callers, mutualTls, privateEndpoints } = rest;
    const open = authorization === 'JWT' && privateEndpoints !== undefined ? [invoking(Effect.ALLOW)] : [];
    const statements = [...open, ...(callers.length > 0 ? onlyFor(callers) : []), ...onlyThrough(privateEndpoints)];
    const api = new JsonApi(this, 'RestApi', {
      apiName: functionName(config.name, 'rest'),
      description: 'REST API of the protector',
      target: this.functions.rest!.aliasArn,
      routes: [
        'POST /pty/v1/protect',
        'POST /pty/v1/unprotect',
        'POST /pty/v1/reprotect',
        'POST /pty/v1/check',
        'GET /pty/v1/openapi.json',
        'POST /{proxy+}',
      ],
      authorization: authorization === 'IAM' ? AuthorizationType.IAM : AuthorizationType.NONE,
      ...(authorization === 'JWT' && {
        openBecause: 'The function verifies the token, and records every caller that it refuses',
      }),
      ...(statements.length > 0 && { policy: new PolicyDocument({ statements }) }),
      isPrivate: privateEndpoints !== undefined,
      throttle: throttleOf(rest),
      refusal: errorMessage,
      mutualTls,
      tracing: config.tracing,
      logDays: config.functionLogDays,
      logRole,
    });
    new CfnOutput(this, 'RestUrl', { value: `${api.url}/pty/v1` });
    return api;
  }
}

/** Returns the rights to count. Without `ListBucket` an absent object looks like a forbidden one. */
function countRights(counts: PrivateBucket | undefined): Right[] {
  if (counts === undefined) return [];
  return [
    {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [counts.arnForObjects(`${BUDGET_PREFIX}*`)],
      because: 'An object for each user and day',
    },
    { actions: ['s3:ListBucket'], resources: [counts.bucketArn] },
  ];
}

function restSettings({ authorization, jwt }: RestConfig): RestSettings {
  if (authorization !== 'JWT' || jwt === undefined) return {};
  return {
    [REST_ENV.authorization]: 'JWT',
    [REST_ENV.allowAssumeUser]: jwt.allowAssumeUser ? '1' : '0',
    ...defined({
      [REST_ENV.jwtPublicKey]: jwt.publicKey,
      [REST_ENV.jwtSecretArn]: jwt.secret,
      [REST_ENV.jwtKeySetUrl]: jwt.keySetUrl,
      [REST_ENV.jwtKeySetNetworks]: jwt.keySetNetworks.length > 0 ? jwt.keySetNetworks.join(',') : undefined,
      [REST_ENV.jwtIssuer]: jwt.issuers && JSON.stringify(jwt.issuers),
      [REST_ENV.jwtAudience]: jwt.audiences && JSON.stringify(jwt.audiences),
      [REST_ENV.jwtType]: jwt.types && JSON.stringify(jwt.types),
      [REST_ENV.jwtUserClaim]: jwt.userClaims && JSON.stringify(jwt.userClaims),
    }),
  };
}

function restRights({ authorization, jwt }: RestConfig): Right[] {
  if (authorization !== 'JWT' || jwt?.secret === undefined) return [];
  return readingSecret({ secret: jwt.secret, key: jwt.secretKey });
}

/** Words an error in the form of the reference product, which Snowflake users and REST clients read. */
function errorMessage(message: string): string {
  return `{"error_msg":${message},"success":false}`;
}

/** Returns Snowflake's user as a principal, on the condition that the integration gives the external id. */
function snowflakeUser(iamUser: string | undefined, externalId: string | undefined): IPrincipal {
  const user = iamUser === undefined ? new AccountRootPrincipal() : new ArnPrincipal(iamUser);
  return user.withConditions({ StringEquals: { 'sts:ExternalId': externalId ?? 'none' } });
}

/** Denies the role to all principals. Snowflake needs the ARN of the role before it can name its user. */
function denyAll(role: Role): void {
  role.assumeRolePolicy?.addStatements(
    new PolicyStatement({ effect: Effect.DENY, actions: ['sts:AssumeRole'], principals: [new AnyPrincipal()] }),
  );
}

/** Allows these callers only, whatever their own policies allow. */
function onlyFor(callers: readonly string[]): PolicyStatement[] {
  const condition = { 'aws:PrincipalArn': [...callers] };
  return [invoking(Effect.ALLOW, { ArnEquals: condition }), invoking(Effect.DENY, { ArnNotEquals: condition })];
}

/** Denies requests that come through no endpoint of these. */
function onlyThrough(endpoints: readonly string[] | undefined): PolicyStatement[] {
  if (endpoints === undefined) return [];
  return [invoking(Effect.DENY, { StringNotEquals: { 'aws:SourceVpce': [...endpoints] } })];
}

function invoking(effect: Effect, conditions?: Record<string, unknown>): PolicyStatement {
  return new PolicyStatement({
    effect,
    actions: ['execute-api:Invoke'],
    resources: ['execute-api:/*'],
    principals: [new AnyPrincipal()],
    ...(conditions && { conditions }),
  });
}
