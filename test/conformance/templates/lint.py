# Runs other people's linters over CloudFormation templates: cfn-lint and checkov over each template, parliament over each
# IAM policy in it. Prints JSON: how much each looked at, and its findings as [rule, resource or place, message].
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import parliament

folder = sys.argv[1]
BIN = os.path.dirname(sys.executable)
FILES = sorted(os.path.join(folder, name) for name in os.listdir(folder))


def run(name, *args):
    return subprocess.run([os.path.join(BIN, name), *args], capture_output=True, text=True, check=False)


def cfn_lint():
    done = run('cfn-lint', '--format', 'json', *FILES)
    found = json.loads(done.stdout or '[]')
    if done.returncode != 0 and not found:
        raise SystemExit(done.stderr)
    findings = [[f['Rule']['Id'], '/'.join(map(str, f['Location']['Path'] or [])), f['Message']] for f in found]
    return {'seen': len(FILES), 'findings': findings}


def checkov():
    args = ['--framework', 'cloudformation', '--compact', '--quiet', '--skip-download', '--output', 'json']
    report = json.loads(run('checkov', '--directory', folder, *args).stdout)
    failed = report['results']['failed_checks']
    findings = [[f['check_id'], f['resource'], f['check_name']] for f in failed]
    return {'seen': report['summary']['passed'] + len(failed), 'findings': findings}


# What a template leaves to CloudFormation, as values that policies may hold.
PSEUDO = {
    'AWS::AccountId': '123456789012',
    'AWS::Partition': 'aws',
    'AWS::Region': 'eu-central-1',
    'AWS::StackId': 'stack',
    'AWS::URLSuffix': 'amazonaws.com',
}
ARNS = {
    'AWS::S3::Bucket': 'arn:aws:s3:::bucket',
    'AWS::KMS::Key': 'arn:aws:kms:eu-central-1:123456789012:key/1',
    'AWS::Kinesis::Stream': 'arn:aws:kinesis:eu-central-1:123456789012:stream/stream',
    'AWS::Logs::LogGroup': 'arn:aws:logs:eu-central-1:123456789012:log-group:group:*',
    'AWS::Lambda::Function': 'arn:aws:lambda:eu-central-1:123456789012:function:function',
    'AWS::IAM::Role': 'arn:aws:iam::123456789012:role/role',
    'AWS::SQS::Queue': 'arn:aws:sqs:eu-central-1:123456789012:queue',
    'AWS::SNS::Topic': 'arn:aws:sns:eu-central-1:123456789012:topic',
}


class Unknown(Exception):
    pass


def resolve(value, resources, exports):
    if isinstance(value, list):
        return [resolve(each, resources, exports) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        if name == 'Ref':
            return PSEUDO.get(argument, 'name')
        if name == 'Fn::Join':
            return argument[0].join(resolve(argument[1], resources, exports))
        if name == 'Fn::Sub':
            text = argument if isinstance(argument, str) else argument[0]
            for pseudo, stands in PSEUDO.items():
                text = text.replace('${' + pseudo + '}', stands)
            return text
        if name == 'Fn::GetAtt':
            resource, attribute = argument
            kind = resources[resource]['Type']
            if attribute != 'Arn':
                return 'name'
            if kind not in ARNS:
                raise Unknown(f'{kind}.{attribute}')
            return ARNS[kind]
        if name == 'Fn::ImportValue':
            return resolve(exports[argument], resources, exports) if argument in exports else 'name'
        if name in ('Fn::Select', 'Fn::Split', 'Fn::If'):
            raise Unknown(name)
    return {name: resolve(each, resources, exports) for name, each in value.items()}


def policies(template, exports):
    resources = template['Resources']
    for name, resource in resources.items():
        properties = resource.get('Properties', {})
        for i, policy in enumerate(properties.get('Policies', [])):
            if resource['Type'] == 'AWS::IAM::Role':
                yield f'{name}/{i}', resolve(policy['PolicyDocument'], resources, exports)
        if resource['Type'] in ('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'):
            yield name, resolve(properties['PolicyDocument'], resources, exports)


def iam():
    exports = {}
    templates = [json.load(open(file)) for file in FILES]
    for template in templates:
        for output in template.get('Outputs', {}).values():
            if 'Export' in output and isinstance(output['Export']['Name'], str):
                exports[output['Export']['Name']] = resolve(output['Value'], template['Resources'], {})
    seen, findings = 0, []
    for template in templates:
        for name, document in policies(template, exports):
            seen += len(document['Statement'])
            for finding in parliament.analyze_policy_string(json.dumps(document)).findings:
                findings.append([finding.issue, name, f'{finding.detail or ""} {finding.location.get("actions", "")}'.strip()])
    return {'seen': seen, 'findings': findings}


# The first two are processes of their own.
with ThreadPoolExecutor() as pool:
    found = {'cfn-lint': pool.submit(cfn_lint), 'checkov': pool.submit(checkov), 'parliament': pool.submit(iam)}
    json.dump({linter: future.result() for linter, future in found.items()}, sys.stdout)
