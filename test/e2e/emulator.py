"""An AWS emulator that the stacks can be deployed to: moto's server, and what its CloudFormation leaves out.

moto has most services that the stacks use, and a CloudFormation that does not know all of their resources and properties. What it
lacks is added below, a function for each type (`resource`, or `extends` where moto has the type and leaves properties out), and made in
moto's own services, where their APIs show it. Templates are deployed as they are.

moto can check IAM policies, of users whose signatures fit, and never their conditions. Here, a program whose access key is the name
of a role may do what the policies of that role, of the key and of the bucket let it do (access.py), conditions included. Anybody
else may do everything.

Lambda runs no code there. An invocation is handed to LAMBDA_HOST, which runs the code that was deployed: it is told where the
function's archive and its layers were unpacked, and answers with what the function answered.

A Region whose name stands in DIRECTORY/lost answers nothing more: neither its services nor its buckets do.

Used with moto 5.2.1: python3 emulator.py PORT DIRECTORY
"""

import io
import json
import os
import sys
import urllib.request
import zipfile
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import moto.cloudformation.responses
import moto.kms.models
from moto.apigateway.models import apigateway_backends, Method, RestAPI
from moto.awslambda.models import (
    LambdaAlias,
    LambdaBackend,
    LambdaFunction,
    LayerVersion,
    lambda_backends,
)
from moto.awslambda.responses import LambdaResponse
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import (
    ChangeSet,
    CloudFormationBackend,
    Stack,
    cloudformation_backends,
)
from moto.cloudformation.parsing import ResourceMap
from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import AccessDeniedError, JsonRESTError, ServiceException
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.kinesis.models import Stream, kinesis_backends
from moto.kms.models import Key, kms_backends
from moto.kms.utils import KEY_ID_LEN
from moto.logs.models import LogGroup, logs_backends
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeBucket, s3_backends
from moto.server import main
from werkzeug.exceptions import HTTPException

from access import as_list, Call, denial_of, statements_of


class Made:
    """A resource as CloudFormation sees it: what `Ref` and `Fn::GetAtt` give, and how it is deleted."""

    def __init__(self, ref, attributes=None, delete=None):
        self.physical_resource_id = ref
        self.attributes = attributes or {}
        self.remove = delete or (lambda: None)

    def get_cfn_attribute(self, name):
        return self.attributes[name]

    def is_created(self):
        return True

    def delete(self, _account, _region):
        try:
            self.remove()
        except (HTTPException, ServiceException):
            pass  # gone with what it belongs to


def resource(kind, name_property=""):
    """Tells CloudFormation of a type: the function makes one of it, and makes it anew where its properties change."""

    def register(make):
        class Model(CloudFormationModel):
            __module__ = "moto.cloudformation.additions"  # moto keeps its models by the service in this name

            @staticmethod
            def cloudformation_name_type():
                return name_property

            @staticmethod
            def cloudformation_type():
                return kind

            @classmethod
            def has_cfn_attr(cls, _attribute):
                return True

            @classmethod
            def create_from_cloudformation_json(cls, name, template, account, region, **_):
                return make(name, template["Properties"], account, region)

            @classmethod
            def update_from_cloudformation_json(
                cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
            ):
                original_resource.delete(account_id, region_name)
                return make(new_resource_name, cloudformation_json["Properties"], account_id, region_name)

        Model.__name__ = Model.__qualname__ = make.__name__
        return Model

    return register


def extends(model):
    """Adds to what moto makes of a type: properties that it leaves out."""

    def register(add):
        create = model.create_from_cloudformation_json.__func__

        def extended(cls, name, template, account, region, **rest):
            made = create(cls, name, template, account, region, **rest)
            add(made, template.get("Properties", {}), account, region)
            return made

        model.create_from_cloudformation_json = classmethod(extended)
        return add

    return register


resolve = CloudFormationBackend._resolve_update_parameters


def parameters_of_update(self, instance, incoming_params):
    """The previous value of a parameter that was given none is its default."""
    given = [each for each in incoming_params if "ParameterValue" in each or each["ParameterKey"] in instance.parameters]
    return resolve(self, instance, given)


CloudFormationBackend._resolve_update_parameters = parameters_of_update

def backend_of(stack):
    return cloudformation_backends[stack.account_id][stack.region_name]


def offer(stack, former):
    """Makes the exports of a stack what its template says."""
    exports = backend_of(stack).exports
    for name in former:
        exports.pop(name, None)
    exports.update({export.name: export for export in stack.exports})


def exports_in(template):
    outputs = template.get("Outputs", {}).values()
    return {output["Export"]["Name"] for output in outputs if "Export" in output}


def refuse_lost_exports(stack, template):
    """An export that another stack imports does not go, as on AWS."""
    lost = exports_in(stack.template_dict) - exports_in(template)
    for other in backend_of(stack).stacks.values():
        imported = json.dumps(other.template_dict) if other is not stack else ""
        for name in lost:
            if f'"Fn::ImportValue": "{name}"' in imported:
                raise ValidationError(stack.name, f"Export {name} cannot be deleted as it is in use by {other.name}")


replace = Stack.update


def update_stack(self, template, *rest, **named):
    refuse_lost_exports(self, self.parse_template(template))
    former = [export.name for export in self.exports]
    replace(self, template, *rest, **named)
    offer(self, former)


Stack.update = update_stack


def apply(self):
    """A change set makes what a stack makes: its outputs and exports too."""
    stack = self.stack
    if self.change_set_type != "CREATE":
        stack.update(self.template, self.role_arn, self.parameters, self.tags)
        return
    stack.template, stack.parameters = self.template, self.parameters
    stack.cross_stack_resources = backend_of(stack).exports
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    stack.resource_map.create(stack.template_dict)
    offer(stack, [])


ChangeSet.apply = apply

differences = ResourceMap.build_resource_diff
change = ResourceMap.update


def in_order(names, resources):
    """Returns new resources, each after those that it depends on."""
    found = []

    def add(name):
        if name not in names or name in found:
            return
        for needed in as_list(resources[name].get("DependsOn", [])):
            add(needed)
        found.append(name)

    for name in sorted(names):
        add(name)
    return found


def build_resource_diff(self, template, *rest):
    by_action = differences(self, template, *rest)
    return {**by_action, "Add": in_order(by_action["Add"], template["Resources"])}


def update_resources(self, template, *rest):
    """What comes back under the logical id of a removed resource is made anew."""
    removed = list(differences(self, template, *rest)["Remove"])
    change(self, template, *rest)
    for name in removed:
        self._parsed_resources.pop(name, None)


ResourceMap.build_resource_diff = build_resource_diff
ResourceMap.update = update_resources

summarise = moto.cloudformation.responses.get_template_summary_response_from_template


def summary(body):
    """A template without a version is of the only one that there is."""
    return summarise(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **json.loads(body)}))


moto.cloudformation.responses.get_template_summary_response_from_template = summary

tear_down = Stack.delete


def delete_stack(self):
    """With its outputs: moto would make what they name anew when they are asked for."""
    tear_down(self)
    self.output_map._output_json_map = {}


Stack.delete = delete_stack


# Lambda: versions and aliases, architectures and layers, revisions.


@resource("AWS::Lambda::Version")
def version(_name, properties, account, region):
    made = lambda_backends[account][region].publish_version(properties["FunctionName"], properties.get("Description", ""))
    arn = made.function_arn
    return Made(arn, {"Version": str(made.version), "FunctionArn": arn})


@resource("AWS::Lambda::Alias")
def alias(_name, properties, account, region):
    backend = lambda_backends[account][region]
    function, name = properties["FunctionName"], properties["Name"]
    made = backend.create_alias(name, function, properties["FunctionVersion"], properties.get("Description", ""), "")
    return Made(made.arn, {"AliasArn": made.arn}, lambda: backend.delete_alias(name, function))


@extends(LambdaFunction)
def function(made, properties, _account, _region):
    made.architectures = properties.get("Architectures", ["x86_64"])
    made.layers = made._get_layers_data(properties.get("Layers", []))


described = LambdaFunction.get_configuration


def configuration(self, on_create=False):
    """With RevisionId, which is another one after each change."""
    facts = described(self, on_create)
    return {**facts, "RevisionId": sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]}


LambdaFunction.get_configuration = configuration

moved = LambdaAlias.update


def move(self, *args, **kwargs):
    moved(self, *args, **kwargs)
    self.revision_id = sha256(self.revision_id.encode()).hexdigest()[:32]


LambdaAlias.update = move


# Lambda: code that runs.

UNPACKED = Path(sys.argv[2])
KEPT_LAYERS = {}  # a function version keeps the layers it was published with, also when they are deleted

attach = LayerVersion.attach


def keep(self, layer, number):
    attach(self, layer, number)
    KEPT_LAYERS[self.arn] = self.code_bytes


LayerVersion.attach = keep


def unpack(archives):
    """The archives, one over the other, in a directory of their own."""
    directory = UNPACKED / sha256(b"".join(sha256(archive).digest() for archive in archives)).hexdigest()[:16]
    if not directory.exists():
        for archive in archives:
            zipfile.ZipFile(io.BytesIO(archive)).extractall(directory)
        directory.mkdir(exist_ok=True)
    return str(directory)


def invoke(self, body, request_headers, response_headers):
    call = {
        "region": self.region,
        "functionName": self.function_name,
        "version": str(self.version),
        "code": unpack([self.code_bytes]),
        "layers": unpack([KEPT_LAYERS[layer["Arn"]] for layer in self.layers]),
        "event": json.loads(body or "{}"),
    }
    request = urllib.request.Request(os.environ["LAMBDA_HOST"], json.dumps(call).encode(), method="POST")
    with urllib.request.urlopen(request) as reply:
        if reply.headers.get("X-Amz-Function-Error"):
            response_headers["x-amz-function-error"] = "Unhandled"
        return reply.read()


LambdaFunction.invoke = invoke

answer = LambdaResponse.invoke


def invocation(self):
    """Of the version or alias that was asked for, whose parameter moto spells in another way."""
    self.querystring["qualifier"] = self.querystring.get("Qualifier", [None])
    return answer(self)


LambdaResponse.invoke = invocation

# Batches of a stream are handed on by the test, as large as the mapping says: moto would hand each record on by itself, while
# its writer waits.
LambdaBackend.send_kinesis_message = lambda *_args, **_kwargs: None


# S3: versions, object lock, public access, lifecycle, and policies, which are kept and not applied: moto knows no conditions.


@extends(FakeBucket)
def bucket(made, properties, account, _region):
    backend = s3_backends[account]["aws"]
    if properties.get("ObjectLockEnabled"):
        made.object_lock_enabled = True
    if "VersioningConfiguration" in properties:
        backend.put_bucket_versioning(made.name, properties["VersioningConfiguration"]["Status"])
    if "PublicAccessBlockConfiguration" in properties:
        backend.put_public_access_block(made.name, properties["PublicAccessBlockConfiguration"])


@resource("AWS::S3::BucketPolicy")
def bucket_policy(_name, properties, account, _region):
    name, backend = properties["Bucket"], s3_backends[account]["aws"]
    backend.put_bucket_policy(name, json.dumps(properties["PolicyDocument"]).encode())
    return Made(name, delete=lambda: backend.delete_bucket_policy(name))


FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL


# KMS, Kinesis, CloudWatch Logs, CloudWatch.


new_key_id = moto.kms.models.generate_key_id


def key_id_of(multi_region=False):
    """Of a multi-Region key without hyphens, as on AWS; moto's would not fit into its own ciphertexts."""
    made = new_key_id()
    return f"mrk-{made.replace('-', '')}" if multi_region else made


moto.kms.models.generate_key_id = key_id_of


def create_key(cls, _name, template, account, region, **_):
    properties = template["Properties"]
    key = kms_backends[account][region].create_key(
        policy=json.dumps(properties["KeyPolicy"]),
        key_usage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
        key_spec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
        description=properties.get("Description"),
        tags=properties.get("Tags", []),
        multi_region=properties.get("MultiRegion", False),
    )
    key.key_rotation_status = properties.get("EnableKeyRotation", False)
    return key


Key.create_from_cloudformation_json = classmethod(create_key)


@resource("AWS::KMS::ReplicaKey")
def replica_key(_name, properties, account, region):
    arn = properties["PrimaryKeyArn"]
    key = kms_backends[account][arn.split(":")[3]].replicate_key(arn.split("/")[1], region)
    key.policy, key.aliases = json.dumps(properties["KeyPolicy"]), {}
    return Made(key.id, {"Arn": key.arn}, lambda: kms_backends[account][region].delete_key(key.id))


@extends(Stream)
def stream(made, properties, account, region):
    encryption = properties.get("StreamEncryption")
    if encryption:
        backend = kinesis_backends[account][region]
        backend.start_stream_encryption(made.arn, None, encryption["EncryptionType"], encryption["KeyId"])


# `Fn::GetAtt` gives the ARN with its streams (AWS::Logs::LogGroup, return values).
LogGroup.get_cfn_attribute = lambda self, _name: f"{self.arn}:*"


@extends(LogGroup)
def log_group(made, properties, _account, _region):
    made.kms_key_id = properties.get("KmsKeyId")


@resource("AWS::Logs::SubscriptionFilter", "FilterName")
def subscription_filter(name, properties, account, region):
    backend, group = logs_backends[account][region], properties["LogGroupName"]
    pattern, target, role = (properties[key] for key in ("FilterPattern", "DestinationArn", "RoleArn"))
    backend.put_subscription_filter(group, name, pattern, target, role)
    return Made(name, delete=lambda: backend.delete_subscription_filter(group, name))


class PutMetricAlarm(CloudWatchResponse):
    """The call, whose parameters are named as the properties are."""

    def __init__(self, properties, account, region):
        super().__init__()
        self.properties, self.current_account, self.region = properties, account, region

    def _get_param(self, param_name, if_none=None):
        return self.properties.get(param_name, if_none)

    _get_bool_param = _get_param


@resource("AWS::CloudWatch::Alarm", "AlarmName")
def alarm(name, properties, account, region):
    PutMetricAlarm({**properties, "AlarmName": name}, account, region).put_metric_alarm()
    backend = cloudwatch_backends[account][region]
    return Made(name, {"Arn": backend.alarms[name].alarm_arn}, lambda: backend.delete_alarms([name]))


# IAM.


PERMISSION = {"lambda:Invoke": "lambda:InvokeFunction"}  # where it has not the name of the call
CONTEXT = {
    "aws:SecureTransport": ["true"],  # The emulator speaks HTTP; the SDK speaks TLS with AWS.
    "s3:TlsVersion": ["1.3"],
}


def key_of(backend, asked):
    """Returns the key of a call of KMS, which a symmetric ciphertext names too, and the alias that was asked for."""
    name = asked.get("KeyId") or b64decode(asked["CiphertextBlob"])[:KEY_ID_LEN].decode()
    alias = f"alias/{name.partition('alias/')[2]}" if "alias/" in name else None
    return backend.keys[backend.any_id_to_key_id(name)], alias


def kms_call(account, region, asked):
    if "KeyId" not in asked and "CiphertextBlob" not in asked:
        return "*", [], {}
    key, alias = key_of(kms_backends[account][region], asked)
    encryption = asked.get("EncryptionContext", {})
    context = {f"kms:EncryptionContext:{name}": [value] for name, value in encryption.items()}
    if encryption:
        context["kms:EncryptionContextKeys"] = list(encryption)
    if alias is not None:
        context["kms:RequestAlias"] = [alias]
    return key.arn, statements_of(json.loads(key.policy)), context


def s3_call(account, resource):
    bucket = s3_backends[account]["aws"].buckets.get(resource.split(":::")[1].partition("/")[0])
    policy = getattr(bucket, "policy", None)
    return resource, [] if policy is None else statements_of(json.loads(policy)), {}


def named(service, account, region, asked, path):
    """Returns the ARN of what a call of another service is about."""
    place = f"arn:aws:{service}:{region}:{account}"
    match service:
        case "logs":
            group = asked.get("logGroupName") or asked.get("logGroupIdentifier", "").partition("log-group:")[2].removesuffix(":*")
            stream = asked.get("logStreamName", "")
            return f"{place}:log-group:{group}:log-stream:{stream}" if group else "*"
        case "kinesis":
            return asked.get("StreamARN") or f"{place}:stream/{asked.get('StreamName', '')}"
        case "secretsmanager":
            return asked["SecretId"]
        case "sts":
            return asked["RoleArn"]
        case "lambda":
            # /2015-03-31/functions/NAME/…, /2018-10-31/layers/NAME/versions/N
            _, _, kind, name, *rest = unquote(path).split("/")
            if kind == "layers":
                return f"{place}:layer:{name}" + (f":{rest[1]}" if len(rest) > 1 and rest[1] else "")
            function = name if name.startswith("arn:") else f"{place}:function:{name}"
            return function + (f":{asked['Qualifier']}" if "Qualifier" in asked and function.count(":") == 6 else "")
    raise NotImplementedError(f"calls of {service}")


def asked_of(self):
    """Returns the parameters of a call that say what it is about."""
    try:
        asked = json.loads(self.body) if self.headers.get("X-Amz-Target") else {}
    except (TypeError, ValueError):
        asked = {}
    return {**{name: values[0] for name, values in self.querystring.items()}, **asked}


LOST = Path(sys.argv[2], "lost")


def is_lost(account, region, service, resource):
    """Tells whether the Region of a call, or that of its bucket, answers no more."""
    lost = LOST.read_text() if LOST.exists() else None
    if service == "s3":
        bucket = s3_backends[account]["aws"].buckets.get(unquote(resource).rpartition(":::")[2].partition("/")[0])
        return lost is not None and bucket is not None and bucket.region_name == lost
    return region == lost


def is_foreign(asked, region):
    """Tells whether a call of KMS names a key of another Region, which AWS does not find."""
    name = asked.get("KeyId") or ""
    return name.startswith("arn:") and name.split(":")[3] != region


def authorize(self, _kind, resource="*"):
    scope = self.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0]
    key, _, rest = scope.partition("/")
    account = self.current_account
    if rest.count("/") >= 2:
        region, service = rest.split("/")[1:3]
        if is_lost(account, region, service, resource):
            raise S3AccessDeniedError() if service == "s3" else JsonRESTError("AccessDeniedException", f"{region} is lost")
        if service == "kms" and is_foreign(asked_of(self), region):
            raise JsonRESTError("NotFoundException", "Invalid arn")
    role = next((role for role in iam_backends[account]["aws"].roles.values() if role.name == key), None)
    if role is None:
        return
    region, service = rest.split("/")[1:3]
    call = f"{service}:{self._get_action()}"
    action = PERMISSION.get(call, call)
    asked, of_resource, context = asked_of(self), [], {}
    if service == "s3":
        resource, of_resource, context = s3_call(account, unquote(resource))
    elif service == "kms":
        resource, of_resource, context = kms_call(account, region, asked)
    else:
        resource = named(service, account, region, asked, self.path)
    # From a template as it was there, from the API as text.
    policies = [json.loads(one) if isinstance(one, str) else one for one in role.policies.values()]
    of_role = [one for policy in policies for one in statements_of(policy)]
    why = denial_of(Call(role.arn, action, resource, {**CONTEXT, **context}), of_role, of_resource, service == "kms")
    # Before the answer leaves, so that who gets the answer can read it.
    with Path(sys.argv[2], "decisions").open("a") as decisions:
        decisions.write(f"{'allowed' if why is None else 'denied'}: {key} {action} {resource} {why or ''}".rstrip() + "\n")
    if why is None:
        return
    if service == "s3":
        raise S3AccessDeniedError()
    if service == "sts":
        raise AccessDeniedError(user_arn=role.arn, action=action)
    raise JsonRESTError("AccessDeniedException", f"{role.arn} is not authorized to perform {action} {why}")


ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize


# API Gateway.


def changed_method(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)


Method.update_from_cloudformation_json = classmethod(changed_method)


@extends(RestAPI)
def endpoints_and_policy(api, properties, _account, _region):
    api.endpoint_configuration = {"types": properties.get("EndpointConfiguration", {}).get("Types", ["EDGE"])}
    api.policy = json.dumps(properties["Policy"]) if "Policy" in properties else None


def changed_api(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    properties = cloudformation_json["Properties"]
    original_resource.description = properties.get("Description", "")
    endpoints_and_policy(original_resource, properties, account_id, region_name)
    return original_resource


RestAPI.update_from_cloudformation_json = classmethod(changed_api)


@resource("AWS::ApiGateway::Stage")
def stage(_name, properties, account, region):
    backend, api, name = apigateway_backends[account][region], properties["RestApiId"], properties["StageName"]
    backend.create_stage(api, name, properties["DeploymentId"], description=properties.get("Description", ""))
    return Made(name, delete=lambda: backend.delete_stage(api, name))


@resource("AWS::ApiGateway::GatewayResponse")
def gateway_response(_name, properties, account, region):
    backend, api, kind = apigateway_backends[account][region], properties["RestApiId"], properties["ResponseType"]
    answer = (properties.get(key) for key in ("StatusCode", "ResponseParameters", "ResponseTemplates"))
    backend.put_gateway_response(api, kind, *answer)
    return Made(f"{api}-{kind}", delete=lambda: backend.delete_gateway_response(api, kind))


@resource("AWS::ApiGateway::Account")
def api_account(_name, properties, account, region):
    role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": properties["CloudWatchRoleArn"]}
    apigateway_backends[account][region].update_account([role])
    return Made("account")


if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
