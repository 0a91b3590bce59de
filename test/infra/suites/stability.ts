import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cdkBootstrapCommand } from '../../../bin/bootstrap/account.ts';
import { stageNames } from '../../../lib/config/index.ts';
import { flat, isBucketEmptier, type Synthesized, synthesized } from '../stages.ts';

const root = join(import.meta.dirname, '../../..');
const dataTypes = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::Cognito::UserPool',
  'AWS::KMS::Key',
];

describe.each(['staging', 'prod'] as const)('the stable stage %s', (name) => {
  const stage = synthesized(name);

  it('keeps its data when a stack goes', () => {
    const kept = dataTypes.flatMap((type) => stage.ofType(type));
    for (const { deletionPolicy, path } of kept) {
      // The console's files are made anew by the next deployment.
      if (path.endsWith('/Site/Files/Resource')) continue;
      // What is signed by it has ended within a day.
      if (path.endsWith('/Links/Key/Resource')) continue;
      expect(deletionPolicy, path).toBe('Retain');
    }
  });

  it('refuses to lose a stack', () => {
    expect(Object.values(stage.terminationProtection)).not.toContain(false);
  });

  it('locks the audit bucket', () => {
    const audit = stage.ofType('AWS::S3::Bucket').find(({ path }) => path.endsWith('/Audit/Bucket/Resource'));

    expect(audit?.properties.ObjectLockEnabled).toBe(true);
    expect(audit?.properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({
      Mode: 'COMPLIANCE',
      Days: stage.config.auditRetentionDays,
    });
  });

  it('refuses to lose its users', () => {
    expect(stage.ofType('AWS::Cognito::UserPool')[0]?.properties.DeletionProtection).toBe('ACTIVE');
  });
});

describe('buckets', () => {
  const emptied = (stage: Synthesized) =>
    stage
      .ofType('Custom::S3AutoDeleteObjects')
      .map(({ stack, properties }) => `${stack} ${flat(properties.BucketName)}`);

  it('of dev are emptied before they are deleted, every one', () => {
    const stage = synthesized('dev');
    const buckets = stage.ofType('AWS::S3::Bucket').map(({ stack, id }) => `${stack} <${id}>`);

    expect(buckets.length).toBeGreaterThan(0);
    expect(emptied(stage).sort()).toEqual(buckets.sort());
  });

  it.each(['local', 'staging', 'prod'] as const)('of %s are never emptied', (name) => {
    const stage = synthesized(name);

    expect(emptied(stage)).toEqual([]);
    expect(stage.resources.filter(isBucketEmptier)).toEqual([]);
  });
});

describe('commands of the documents', () => {
  it.each(['README.md', 'docs/deploy.md'])(
    'of %s name the stage, which the app refuses to guess',
    (document) => {
      const commands = readFileSync(join(root, document), 'utf8').match(/npx cdk .*/g) ?? [];

      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) expect(command).toMatch(/^npx cdk [^`#]*-c stage=\w+/);
    },
  );

  it('and of the bootstrap check too', () => {
    const at = { account: '111122223333', region: 'eu-central-1' };

    expect(cdkBootstrapCommand(synthesized('staging').config, at)).toBe(
      'npx cdk bootstrap aws://111122223333/eu-central-1 -c stage=staging',
    );
  });
});

describe.each(['local', 'dev'] as const)('the passing stage %s', (name) => {
  const stage = synthesized(name);

  it('goes without leaving anything locked', () => {
    expect(Object.values(stage.terminationProtection)).not.toContain(true);
    expect(stage.resources.filter(({ deletionPolicy }) => deletionPolicy === 'Retain')).toEqual([]);
    expect(stage.resources.filter(({ properties }) => properties.ObjectLockEnabled)).toEqual([]);
  });
});

describe.each(stageNames)('stacks of %s', (name) => {
  const stage = synthesized(name);

  it('are named after the stage', () => {
    const local = ['storage', 'events', 'processing', 'audit', 'identity', 'api'];
    const deployed = name === 'local' ? local : [...local, 'malware', 'edge', 'observability'];
    const expected =
      stage.config.video.encoder === 'mediaconvert' ? [...deployed, 'transcode-mediaconvert'] : deployed;

    expect(Object.keys(stage.terminationProtection).sort()).toEqual(
      expected.map((stack) => `sluice-${name}-${stack}`).sort(),
    );
  });

  it('say where everything is', () => {
    for (const output of [
      ...[
        'ApiUrl',
        'ApiId',
        'UserPoolId',
        'UserPoolClientId',
        'TableName',
        'SweepFunctionName',
        'EventBusName',
      ],
      ...['IntakeBucket', 'LibraryBucket', 'DerivedBucket', 'AuditBucket'],
      ...['AuditKeyArn', 'SecurityTopicArn', 'SealFunctionName', 'AuditQueueUrl', 'AuditDlqUrl'],
      ...['IntakeQueueUrl', 'IntakeDlqUrl', 'InspectQueueUrl', 'ImagesQueueUrl', 'ImagesUrgentQueueUrl'],
      ...[
        'CompletionQueueUrl',
        'BulkQueueUrl',
        'BulkDlqUrl',
        'PurgeQueueUrl',
        'PurgeDlqUrl',
        'PublishDlqUrl',
        'TallyQueueUrl',
        'TallyDlqUrl',
      ],
    ]) {
      expect(stage.outputs[output], output).toBeDefined();
    }
  });
});

it.each(['sharp', 'dejavu-fonts-ttf'])('the layer holds the %s that tests run against', (name) => {
  const versionIn = (lock: string): string =>
    JSON.parse(readFileSync(join(root, lock), 'utf8')).packages[`node_modules/${name}`].version;

  expect(versionIn('layers/sharp/package-lock.json')).toBe(versionIn('package-lock.json'));
});
