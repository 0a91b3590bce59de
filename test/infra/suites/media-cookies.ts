import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checked, configFor } from '../../../lib/config/index.ts';
import { flat, type Json, roleOf, statementsOf, synthesize, synthesized } from '../stages.ts';

const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/media';
const withCookies = (edge: object) => ({
  ...configFor('prod'),
  edge: { kind: 'cloudfront', signedCookies: { keyArn, publicKey }, ...edge },
});

describe('videos by signed cookies', () => {
  it('are off as shipped: CloudFront reads nothing of the derived bucket', () => {
    const stage = synthesized('prod');
    expect(stage.ofType('AWS::CloudFront::KeyGroup')).toEqual([]);
    expect(JSON.stringify(stage.ofType('AWS::S3::BucketPolicy'))).not.toContain('VideosByCloudFront');
  });

  it('need the origin whose paths they open, and a public key', () => {
    expect(() => checked(withCookies({}) as never)).toThrow(/edge\.signedCookies needs edge\.origin/);
    const signedCookies = { keyArn, publicKey: 'AAAA' };
    const wrong = withCookies({ origin: 'https://files.example.com', signedCookies });
    expect(() => checked(wrong as never)).toThrow(/publicKey is PEM/);
  });

  describe('where they are configured', () => {
    const stage = synthesize(withCookies({ origin: 'https://files.example.com' }) as never);
    const distribution = stage.ofType('AWS::CloudFront::Distribution')[0]?.properties.DistributionConfig;
    const media = distribution.CacheBehaviors.find(
      ({ PathPattern }: Json) => PathPattern === '/tenants/*/videos/*',
    );

    it('have no findings', () => {
      expect(stage.findings).toEqual([]);
    });

    it('are what CloudFront asks every viewer for, over TLS', () => {
      const [group] = stage.ofType('AWS::CloudFront::KeyGroup');
      expect(group?.properties.KeyGroupConfig.Items).toHaveLength(1);
      expect(media.TrustedKeyGroups).toHaveLength(1);
      expect(media.ViewerProtocolPolicy).toBe('https-only');
      const [key] = stage.ofType('AWS::CloudFront::PublicKey');
      expect(key?.properties.PublicKeyConfig.EncodedKey).toBe(publicKey);
    });

    it('are read by CloudFront from videos alone, by requests that it signs', () => {
      const origin = distribution.Origins.find(({ Id }: Json) => Id === media.TargetOriginId);
      expect(origin.OriginAccessControlId).toBeDefined();
      const granted = stage
        .ofType('AWS::S3::BucketPolicy')
        .flatMap(({ properties }) => properties.PolicyDocument.Statement as Json[])
        .filter(
          ({ Effect, Principal }) => Effect === 'Allow' && Principal.Service === 'cloudfront.amazonaws.com',
        );
      const derived = granted.filter(({ Sid }) => Sid === 'VideosByCloudFront');
      expect(derived).toHaveLength(1);
      expect(derived[0]?.Action).toBe('s3:GetObject');
      expect(flat(derived[0]?.Resource)).toMatch(/\/tenants\/\*\/videos\/\*$/);
      expect(flat(derived[0]?.Condition.ArnLike['aws:SourceArn'])).toMatch(/:distribution\/\*$/);
    });

    it('are signed by the function stream alone, in KMS', () => {
      const signing = stage
        .ofType('AWS::IAM::Role')
        .filter((role) => statementsOf(stage, role).some(({ resources }) => resources.includes(keyArn)));
      expect(signing).toEqual([roleOf(stage, 'Functions/Stream')]);
      const statement = statementsOf(stage, roleOf(stage, 'Functions/Stream')).find(
        ({ sid }) => sid === 'SignCookies',
      );
      expect(statement?.actions).toEqual(['kms:Sign']);
    });

    it('are not mixed up with what pages of other origins get', () => {
      const policy = stage
        .ofType('AWS::CloudFront::CachePolicy')
        .find(({ id }) => id === distribution.DefaultCacheBehavior.CachePolicyId.Ref);
      const key = policy?.properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin;
      expect(key?.HeadersConfig.Headers).toContain('Sec-Fetch-Site');
    });
  });
});
