import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/**
 * Signs receipts, and nothing else does. It outlives a stable stage: KMS gives out its public half only as long as it
 * exists. KMS does not rotate keys of this kind. Whoever replaces it names the old one in `retiredReceiptKeys`, so that
 * its public half stays published; each receipt names the key it has.
 */
export class ReceiptKey extends Construct implements Bindable<'sign' | 'publish'> {
  readonly key: Key;
  private readonly retired: readonly string[];

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    this.retired = config.retiredReceiptKeys ?? [];
    this.key = new Key(this, 'Key', {
      description: `Sluice ${config.stage}: signs receipts`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  bindTo(fn: ServiceFunction, access: readonly ('sign' | 'publish')[]): void {
    if (access.includes('sign')) {
      fn.env(envNames.receiptKey, this.key.keyArn);
      fn.allow('SignReceipts', ['kms:Sign'], [this.key.keyArn]);
    }
    if (access.includes('publish')) {
      const published = [this.key.keyArn, ...this.retired];
      fn.env(envNames.receiptKeys, published.join(','));
      fn.allow('PublishReceiptKeys', ['kms:GetPublicKey'], published);
    }
  }
}
