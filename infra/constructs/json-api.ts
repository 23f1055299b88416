import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AwsIntegration,
  type AuthorizationType,
  CfnBasePathMapping,
  CfnDomainName,
  EndpointType,
  type IResource,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { type PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { ApiLogRole } from './api-log-role.ts';
import { policyOf } from './rights.ts';

export interface JsonApiProps {
  readonly apiName: string;
  readonly description: string;
  /** ARN of the function that answers, or of its alias. */
  readonly target: string;
  /** Methods and paths, as `POST /pty/v1/{proxy+}`. */
  readonly routes: readonly `${'GET' | 'POST'} /${string}`[];
  readonly authorization: AuthorizationType.IAM | AuthorizationType.NONE;
  /** Why the gateway authorizes every caller; required where `authorization` is `NONE`. */
  readonly openBecause?: string;
  /** Makes the body of a refusal by the gateway itself, in the form of the API. */
  readonly refusal: (message: string) => string;
  /** @default IAM alone decides */
  readonly policy?: PolicyDocument;
  /** @default the name of the API in the domain of the service */
  readonly mutualTls?: MutualTls | undefined;
  /** Requests a second and at once. @default the limits of the account */
  readonly throttle?: { readonly rate: number; readonly burst: number } | undefined;
  /** Whether only VPC endpoints reach the API. `policy` says which. @default the internet does */
  readonly isPrivate?: boolean;
  /** Whether X-Ray gets traces. @default false */
  readonly tracing?: boolean | undefined;
  readonly logDays: RetentionDays;
  /** @default the account has one */
  readonly logRole?: ApiLogRole | undefined;
}

/** A domain of the API, whose clients present a certificate. */
export interface MutualTls {
  readonly domainName: string;
  /** ARN of the certificate in ACM. */
  readonly certificate: string;
  /** `s3://bucket/key` */
  readonly truststore: string;
  readonly truststoreVersion?: string | undefined;
}

/**
 * A REST API of API Gateway in front of one function. It passes bodies through and never logs them. It never compresses
 * replies, because Snowflake checks the digest of the body. Its own refusals have the form of the API's.
 */
export class JsonApi extends Construct {
  readonly api: RestApi;
  /** The name of the API. It is no reference, so other stacks can use it without an export. */
  readonly apiName: string;
  /** The address of the API, without a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: JsonApiProps) {
    super(scope, id);
    this.apiName = props.apiName;
    const log = new LogGroup(this, 'AccessLog', { retention: props.logDays, removalPolicy: RemovalPolicy.DESTROY });
    this.api = new RestApi(this, 'Api', {
      restApiName: props.apiName,
      description: props.description,
      endpointTypes: [props.isPrivate === true ? EndpointType.PRIVATE : EndpointType.REGIONAL],
      cloudWatchRole: false,
      disableExecuteApiEndpoint: props.mutualTls !== undefined,
      defaultIntegration: this.#integration(props.target),
      defaultMethodOptions: { authorizationType: props.authorization },
      ...(props.policy && { policy: props.policy }),
      deployOptions: {
        stageName: STAGE,
        accessLogDestination: new LogGroupLogDestination(log),
        accessLogFormat: ACCESS_LOG,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        metricsEnabled: true,
        ...(props.tracing === true && { tracingEnabled: true }),
        ...(props.throttle && {
          throttlingRateLimit: props.throttle.rate,
          throttlingBurstLimit: props.throttle.burst,
        }),
      },
    });
    this.api.node.tryRemoveChild('Endpoint'); // an output with an address that clients must not use
    for (const route of props.routes) {
      const [method = '', path = ''] = route.split(' /');
      resourceAt(this.api.root, path).addMethod(method);
    }
    this.#refuseIn(props.refusal);
    if (props.logRole) this.api.deploymentStage.node.addDependency(props.logRole);
    this.url = props.mutualTls
      ? this.#ownDomain(props.mutualTls)
      : `https://${this.api.restApiId}.execute-api.${this.api.stack.region}.${this.api.stack.urlSuffix}/${STAGE}`;
    acknowledge(
      this,
      'AwsSolutions-APIG2',
      'The function checks bodies itself, and refuses in the form that its clients expect',
    );
    acknowledge(
      this,
      'AwsSolutions-APIG3',
      'Callers are programs that sign or authenticate; a web ACL can be put in front',
    );
    acknowledge(this, 'AwsSolutions-COG4', 'Callers are programs, not users of a pool');
    if (props.openBecause !== undefined) acknowledge(this, 'AwsSolutions-APIG4', props.openBecause);
  }

  /**
   * Calls the function with a role that names the alias. The policy of the function could not, before the alias exists.
   */
  #integration(target: string): AwsIntegration {
    const credentialsRole = new Role(this, 'InvokeRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      description: 'API Gateway calls the function with it',
      inlinePolicies: { Call: policyOf([{ actions: ['lambda:InvokeFunction'], resources: [target] }]) },
    });
    return new AwsIntegration({
      service: 'lambda',
      path: `2015-03-31/functions/${target}/invocations`,
      proxy: true,
      options: { credentialsRole, timeout: Duration.seconds(29) },
    });
  }

  /** Returns the ARN of a route, for policies of callers. */
  arnOf(method: 'GET' | 'POST', path: `/${string}`): string {
    return this.api.arnForExecuteApi(method, path, STAGE);
  }

  /**
   * Sets the refusals of the gateway itself, in the form of the API. Callers, Snowflake among them, repeat a request
   * after 429 and 503; by default the gateway answers 504 for a function that it cannot reach.
   */
  #refuseIn(refusal: (message: string) => string): void {
    const templates = { 'application/json': refusal('$context.error.messageString') };
    const kinds = {
      Throttled: { type: ResponseType.THROTTLED, statusCode: '429' },
      Quota: { type: ResponseType.QUOTA_EXCEEDED, statusCode: '429' },
      Failure: { type: ResponseType.INTEGRATION_FAILURE, statusCode: '503' },
      Timeout: { type: ResponseType.INTEGRATION_TIMEOUT, statusCode: '503' },
      TooLarge: { type: ResponseType.REQUEST_TOO_LARGE, statusCode: '413' },
      Client: { type: ResponseType.DEFAULT_4XX },
      Server: { type: ResponseType.DEFAULT_5XX },
    };
    for (const [name, kind] of Object.entries(kinds)) this.api.addGatewayResponse(name, { ...kind, templates });
  }

  #ownDomain({ domainName, certificate, truststore, truststoreVersion }: MutualTls): string {
    const domain = new CfnDomainName(this, 'Domain', {
      domainName,
      regionalCertificateArn: certificate,
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
      mutualTlsAuthentication: { truststoreUri: truststore, ...(truststoreVersion && { truststoreVersion }) },
    });
    new CfnOutput(this, 'Target', {
      description: `The alias record of ${domainName} points at this name`,
      value: domain.attrRegionalDomainName,
    });
    new CfnOutput(this, 'TargetZone', {
      description: 'The hosted zone of that name',
      value: domain.attrRegionalHostedZoneId,
    });
    new CfnBasePathMapping(this, 'DomainMapping', {
      domainName: domain.ref,
      restApiId: this.api.restApiId,
      stage: this.api.deploymentStage.stageName,
    });
    return `https://${domainName}`;
  }
}

const STAGE = 'v1';

const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    method: AccessLogField.contextHttpMethod(),
    path: AccessLogField.contextPath(),
    status: AccessLogField.contextStatus(),
    caller: AccessLogField.contextIdentityUserArn(),
    sourceIp: AccessLogField.contextIdentitySourceIp(),
    responseBytes: AccessLogField.contextResponseLength(),
    latencyMs: AccessLogField.contextResponseLatency(),
    functionMs: AccessLogField.contextIntegrationLatency(),
    error: AccessLogField.contextErrorMessage(),
  }),
);

function resourceAt(root: IResource, path: string): IResource {
  return path.split('/').reduce((resource, part) => resource.getResource(part) ?? resource.addResource(part), root);
}
