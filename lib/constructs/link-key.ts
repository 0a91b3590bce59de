import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/**
 * Makes the keys of each day by which links are signed, adapters/kms/link-keys.ts. Nothing that is signed by it outlives a
 * day, so it goes with its stage; replacing it ends the links of that moment. KMS does not rotate keys of this kind.
 */
export class LinkKey extends Construct implements Bindable<'makeKeys'> {
  readonly key: Key;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Sluice ${config.stage}: makes the keys that links are signed by`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  bindTo(fn: ServiceFunction, access: readonly 'makeKeys'[]): void {
    if (access.length === 0) return;
    fn.env(envNames.linkKey, this.key.keyArn);
    fn.allow('MakeLinkKeys', ['kms:GenerateMac'], [this.key.keyArn]);
  }
}
