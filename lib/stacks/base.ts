import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type EnvironmentConfig, stackName } from '../config/index.ts';
import type { WorkerQueue } from '../constructs/worker-queue.ts';

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

  protected outputQueue({ name, queue, deadLetters }: WorkerQueue): void {
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    this.output(`${title}QueueUrl`, queue.queueUrl, `Queue ${name}`);
    this.output(`${title}DlqUrl`, deadLetters.queueUrl, `Dead letters of queue ${name}`);
  }
}
