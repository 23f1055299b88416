// npx cdk synth|deploy|… (cdk.json): the stacks of the deployment that the context describes. Rules are part of it: a template
// that breaks one of AwsSolutions or of the construct library itself is not written.
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError, CONTEXT, parseConfig } from './config.ts';
import { deploymentOf } from './deployment.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
try {
  const config = parseConfig(app.node.tryGetContext(CONTEXT));
  deploymentOf(app, config, fileURLToPath(new URL('../dist', import.meta.url)));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
