// Import it before `aws-cdk-lib`: the library then leaves out the validation of types at run time, which takes two
// seconds to load.
process.env['CDK_VALIDATION'] = 'false';
