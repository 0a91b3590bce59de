import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type EnvironmentConfig, stackName } from '../config/index.ts';

/** What the stacks of a stage share: name, account and region, tags, and protection where data must stay. */
export abstract class SluiceStack extends Stack {
  constructor(scope: Construct, id: string, config: EnvironmentConfig, props: StackProps = {}) {
    super(scope, stackName(config, id), {
      ...props,
      stackName: stackName(config, id),
      terminationProtection: config.stable,
      env: {
        ...(config.account && { account: config.account }),
        ...(config.region && { region: config.region }),
      },
    });
    Tags.of(this).add('app', 'sluice');
    Tags.of(this).add('stage', config.stage);
  }

  protected output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
