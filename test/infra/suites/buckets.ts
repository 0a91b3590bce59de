import { describe, expect, it } from 'vitest';
import { allowedOrigins, stageNames, withConsoleOrigin } from '../../../lib/config/index.ts';
import { flat, type Resource, type Synthesized, statements, synthesize, synthesized } from '../stages.ts';

const bucketAt = (stage: Synthesized, construct: string): Resource => {
  const bucket = stage
    .ofType('AWS::S3::Bucket')
    .find(({ path }) => path.includes(`-storage/Objects/${construct}/`));
  if (!bucket) throw new Error(`no bucket ${construct}`);
  return bucket;
};

const rules = (bucket: Resource) =>
  bucket.properties.LifecycleConfiguration.Rules as Record<string, unknown>[];

describe.each(stageNames)('buckets of %s', (name) => {
  const stage = synthesized(name);
  const buckets = stage.ofType('AWS::S3::Bucket');

  it('block all public access', () => {
    for (const { properties, path } of buckets) {
      expect(properties.PublicAccessBlockConfiguration, path).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });

  it('refuse plain HTTP', () => {
    for (const bucket of buckets) {
      const denied = stage
        .ofType('AWS::S3::BucketPolicy')
        .filter(
          ({ properties, stack }) => flat(properties.Bucket) === `<${bucket.id}>` && stack === bucket.stack,
        )
        .flatMap(({ properties }) => statements(properties.PolicyDocument))
        .filter(({ effect }) => effect === 'Deny');
      expect(
        denied.map(({ condition }) => condition),
        bucket.path,
      ).toContainEqual({
        Bool: { 'aws:SecureTransport': 'false' },
      });
    }
  });

  it('allow nobody but log delivery and the console by bucket policy', () => {
    const allowed = stage
      .ofType('AWS::S3::BucketPolicy')
      .flatMap(({ properties, path }) =>
        statements(properties.PolicyDocument).map((statement) => ({ path, ...statement })),
      )
      .filter(({ effect }) => effect === 'Allow');

    for (const { path, principal } of allowed) {
      // CDK's own: empties the bucket when its stack is deleted ('the passing stage' says where it exists).
      if (flat(principal.AWS ?? '').includes('S3AutoDeleteObjects')) continue;
      expect(path).toMatch(/\/(AccessLogs|Logs|Site\/Files)\/Policy\/Resource$/);
    }
  });

  it('are encrypted as the configuration says', () => {
    const tenants = ['Intake', 'Library', 'Derived'].map((construct) => bucketAt(stage, construct));
    for (const { properties, path } of buckets) {
      expect(properties.BucketEncryption.ServerSideEncryptionConfiguration, path).toHaveLength(1);
    }
    for (const { properties } of tenants) {
      const [rule] = properties.BucketEncryption.ServerSideEncryptionConfiguration;
      const expected = stage.config.encryption === 'kms' ? 'aws:kms' : 'AES256';
      expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm).toBe(expected);
    }
  });

  it('keep access logs of everything but the logs', () => {
    for (const { properties, path } of buckets) {
      if (/\/(AccessLogs|Logs)\/Resource$/.test(path)) continue;
      expect(properties.LoggingConfiguration.DestinationBucketName, path).toBeDefined();
    }
  });

  it('keep versions of what is uploaded, inspected and audited', () => {
    for (const { properties } of [
      bucketAt(stage, 'Intake'),
      bucketAt(stage, 'Library'),
      bucketAt(stage, 'Audit'),
    ]) {
      expect(properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    }
  });

  it('announce every new object below the tenants prefix to the intake queue', () => {
    const { QueueConfigurations } = bucketAt(stage, 'Intake').properties.NotificationConfiguration;

    expect(QueueConfigurations).toEqual([
      {
        Event: 's3:ObjectCreated:*',
        Queue: { 'Fn::GetAtt': [expect.stringMatching(/^IntakeQueue/), 'Arn'] },
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'tenants/' }] } },
      },
    ]);
  });

  it('net what the sweep missed in intake: uploads after 8 days, bytes and delete markers after 30', () => {
    const found = rules(bucketAt(stage, 'Intake'));

    expect(found).toContainEqual(
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 8 } }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
    );
    // An expiration by days takes delete markers that stand alone too; S3 wants no second rule for the same objects.
    expect(found.filter((rule) => 'ExpiredObjectDeleteMarker' in rule)).toEqual([]);
  });

  it('never expire a current object of the library or a rendition', () => {
    for (const rule of [...rules(bucketAt(stage, 'Library')), ...rules(bucketAt(stage, 'Derived'))]) {
      expect(rule.ExpirationInDays).toBeUndefined();
    }
  });
});

describe('CORS', () => {
  const stage = synthesize(withConsoleOrigin(synthesized('prod').config, 'https://files.example.com'));
  const rulesOf = (bucket: string) => bucketAt(stage, bucket).properties.CorsConfiguration?.CorsRules;

  it('lets configured origins put into intake and read the ETag, and nothing else', () => {
    expect(rulesOf('Intake')).toEqual([
      expect.objectContaining({
        AllowedMethods: ['PUT'],
        AllowedOrigins: allowedOrigins(stage.config),
        ExposedHeaders: ['ETag'],
      }),
    ]);
    expect(allowedOrigins(stage.config)).toEqual(['https://files.example.com']);
  });

  it('lets them get ranges of what was derived, and nothing of the other buckets', () => {
    expect(rulesOf('Derived')).toEqual([
      expect.objectContaining({
        AllowedMethods: ['GET'],
        AllowedOrigins: allowedOrigins(stage.config),
        AllowedHeaders: ['range'],
      }),
    ]);
    for (const bucket of ['Library', 'Audit']) expect(rulesOf(bucket)).toBeUndefined();
  });

  it('does not exist where no origin is configured', () => {
    for (const bucket of ['Intake', 'Derived']) {
      expect(bucketAt(synthesized('prod'), bucket).properties.CorsConfiguration).toBeUndefined();
    }
  });
});
