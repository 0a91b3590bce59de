import { describe, expect, it } from 'vitest';
import { envNames } from '../../../lambdas/contract/env.ts';
import { configFor, stageNames, withScanner } from '../../../lib/config/index.ts';
import { flat, type Resource, statementsOf, synthesize, synthesized } from '../stages.ts';

const isClamav = ({ path }: Resource): boolean => path.includes('/Clamav/');

describe('a stage that scans by clamav', () => {
  const stage = synthesize(withScanner(configFor('prod'), 'clamav'));
  const one = (type: string, part: string): Resource => {
    const found = stage.ofType(type).filter((resource) => isClamav(resource) && resource.path.includes(part));
    expect(found, `${type} of ${part}`).toHaveLength(1);
    return found[0] as Resource;
  };
  const actionsOn = (fn: string, resource: string): string[] =>
    statementsOf(stage, one('AWS::IAM::Role', `/${fn}/Role/`))
      .filter(({ resources }) => resources.some((text) => text.includes(resource)))
      .flatMap(({ actions }) => actions)
      .sort();

  it('gives nothing to object to', () => {
    expect(stage.findings).toEqual([]);
  });

  it('gives clamscan the memory and the disk that definitions and the largest object take', () => {
    expect(one('AWS::Lambda::Function', '/Scan/').properties).toMatchObject({
      MemorySize: 4_096,
      Timeout: 900,
      EphemeralStorage: { Size: 10_240 },
      Architectures: ['arm64'],
      Layers: [expect.anything()],
    });
  });

  it('looks for new definitions every 15 minutes, and an alarm tells when they are a day old', () => {
    expect(one('AWS::Events::Rule', '/Schedule/').properties.ScheduleExpression).toBe('rate(15 minutes)');
    const alarms = stage.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
    expect(alarms.find(({ AlarmName }) => AlarmName.endsWith('definitions-stale'))).toMatchObject({
      Threshold: 86_400,
      TreatMissingData: 'breaching',
    });
  });

  it('keeps the definitions in a private bucket with versions, of which replaced ones go', () => {
    const { properties } = one('AWS::S3::Bucket', '/DefinitionsBucket/');
    expect(properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(JSON.stringify(properties.LifecycleConfiguration)).toContain('"NoncurrentDays":1');
  });

  it('lets what reads hostile bytes write no object at all, and the updater none but definitions', () => {
    const writes = (fn: string): string[] =>
      statementsOf(stage, one('AWS::IAM::Role', `/${fn}/Role/`))
        .filter(({ actions }) => actions.some((action) => /^s3:(Put|Delete|Abort)/.test(action)))
        .flatMap(({ resources }) => resources);

    expect(writes('Scan')).toEqual([]);
    expect(writes('Definitions').map((text) => /DefinitionsBucket/.test(text))).toEqual([true]);
    const read = actionsOn('Scan', 'Intake').filter((action) => action.startsWith('s3:'));
    expect(read).toContain('s3:GetObjectVersion');
    // To be told that a version is missing, instead of being refused.
    expect(read.filter((action) => !action.startsWith('s3:GetObject'))).toEqual(['s3:ListBucket']);
  });

  it('lets the inspection ask by the queue, which has dead letters of its own', () => {
    const inspect = stage
      .ofType('AWS::Lambda::Function')
      .find(({ path }) => path.includes('/Pipeline/Inspect/'));
    expect(flat(inspect?.properties.Environment.Variables[envNames.scanLanes])).toMatch(
      /ScanQueue.*ScanUrgentQueue/,
    );
    const queues = stage.ofType('AWS::SQS::Queue').filter(({ path }) => /\/Scan(Urgent)?Queue\//.test(path));
    expect(queues).toHaveLength(4);
  });
});

it.each(stageNames)('%s, as it is shipped, has nothing of ClamAV to download', (name) => {
  expect(synthesized(name).resources.filter(isClamav)).toEqual([]);
});
