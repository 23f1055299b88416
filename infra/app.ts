// The app of `npx cdk synth|deploy|…` (cdk.json): the stacks of the deployment that the context describes.
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { ConfigError, CONTEXT, parseConfig } from './config.ts';
import { deploymentOf } from './deployment.ts';

const app = new App();
try {
  const config = parseConfig(app.node.tryGetContext(CONTEXT));
  deploymentOf(app, config, fileURLToPath(new URL('../dist', import.meta.url)));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
