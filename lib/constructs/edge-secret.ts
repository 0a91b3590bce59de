import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { acknowledge } from './nag.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

const secretLength = 40;

/**
 * What the edge adds to every request so that the forwarded address is believed (contract/env.ts). On AWS it is
 * generated, and reaches CloudFront and the functions by CloudFormation's dynamic reference: no template holds it.
 */
export class EdgeSecret extends Construct implements Bindable<'verify'> {
  /** The value, or a reference that CloudFormation resolves. */
  readonly value: string;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    if (config.edge.kind === 'local-front') {
      this.value = config.edge.secret;
      return;
    }
    const secret = new Secret(this, 'Secret', {
      description: `Sluice ${config.stage}: proves that a request came through the edge`,
      generateSecretString: { passwordLength: secretLength, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Guards only the belief in a forwarded address; rotating means redeploying CloudFront and functions together.',
    );
    this.value = secret.secretValue.unsafeUnwrap();
  }

  bindTo(fn: ServiceFunction, access: readonly 'verify'[]): void {
    if (access.length > 0) fn.env(envNames.edgeSecret, this.value);
  }
}
