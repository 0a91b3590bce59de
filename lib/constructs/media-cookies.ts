import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { KeyGroup, PublicKey } from 'aws-cdk-lib/aws-cloudfront';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { envNames, type MediaCookiesEnv } from '../../lambdas/contract/env.ts';
import { keyPatterns } from '../../lambdas/contract/storage-keys.ts';
import type { EnvironmentConfig, SignedCookies } from '../config/index.ts';
import type { ObjectStorage } from './object-storage.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/** What the distribution serves of the derived bucket: its keys are the paths. */
export const mediaPath = `/${keyPatterns.videos}`;

/** Enough to tell keys apart. */
const fingerprintLength = 8;

type Cookies = SignedCookies & Pick<MediaCookiesEnv, 'origin'>;

/** As far as the configuration has them: it names the origin with them. */
export const signedCookiesOf = ({ edge }: EnvironmentConfig): Cookies | undefined =>
  edge.kind === 'cloudfront' && edge.signedCookies && edge.origin !== undefined
    ? { ...edge.signedCookies, origin: edge.origin }
    : undefined;

/** The public half, known to CloudFront, of the key by which cookies for videos are signed. */
export class MediaCookies extends Construct implements Bindable<'sign'> {
  readonly keyGroup: KeyGroup;
  private readonly env: MediaCookiesEnv;

  constructor(scope: Construct, id: string, { keyArn, publicKey, origin }: Cookies) {
    super(scope, id);
    // CloudFront changes no key: another one is another resource.
    const fingerprint = createHash('sha256').update(publicKey).digest('hex').slice(0, fingerprintLength);
    const known = new PublicKey(this, `Key${fingerprint}`, { encodedKey: publicKey });
    this.keyGroup = new KeyGroup(this, 'Keys', { items: [known] });
    this.env = { keyArn, keyPairId: known.publicKeyId, origin };
  }

  bindTo(fn: ServiceFunction, access: readonly 'sign'[]): void {
    if (access.length === 0) return;
    fn.env(envNames.mediaCookies, Stack.of(this).toJsonString(this.env));
    fn.allow('SignCookies', ['kms:Sign'], [this.env.keyArn]);
  }
}

/**
 * Lets the distributions of this account, which sign their requests (origin access control), get what was made of videos.
 * Which of them cannot be said: the distribution comes with a later stack. What it asks viewers for is said there.
 */
export function letCloudFrontRead({ derived, encryptionKey }: ObjectStorage): void {
  const stack = Stack.of(derived);
  const ofCloudFront = (sid: string, action: string, resource: string) =>
    new PolicyStatement({
      sid,
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
      actions: [action],
      resources: [resource],
      conditions: {
        ArnLike: {
          'aws:SourceArn': `arn:${stack.partition}:cloudfront::${stack.account}:distribution/*`,
        },
      },
    });
  derived.bucket.addToResourcePolicy(
    ofCloudFront('VideosByCloudFront', 's3:GetObject', derived.bucket.arnForObjects(keyPatterns.videos)),
  );
  encryptionKey?.addToResourcePolicy(ofCloudFront('VideosByCloudFront', 'kms:Decrypt', '*'));
}
