import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  flat,
  isCdksOwn,
  type Json,
  queuesOf,
  type Resource,
  statements,
  synthesize,
  synthesized,
} from '../stages.ts';

describe.each(['dev', 'staging', 'prod'] as const)('alarms of %s', (name) => {
  const stage = synthesized(name);
  const alarms = stage.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
  const names = alarms.map(({ AlarmName }) => AlarmName as string);

  it('tell severity, threshold, what to do and where to read on', () => {
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription).toMatch(
        /^\[(critical|warning)\] .+\n.+\nThreshold: \d+\. Runbook: docs\/runbook\.md#[a-z-]+$/,
      );
    }
  });

  it('lead to a section of the runbook that exists', () => {
    const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
    const sections = new Set([...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title));

    for (const { AlarmDescription } of alarms) expect(sections).toContain(AlarmDescription.split('#').at(-1));
  });

  it('reach somebody, and say when it is over', () => {
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toHaveLength(1);
      expect(OKActions).toEqual(AlarmActions);
    }
  });

  it('may publish to a topic whose own policy replaces the one of SNS', () => {
    const isOfAlarms = ({ path }: Resource): boolean => path.includes('/Alarms/');
    const topic = stage.ofType('AWS::SNS::Topic').find(isOfAlarms);
    const policy = stage.ofType('AWS::SNS::TopicPolicy').find(isOfAlarms);
    const of = statements(policy?.properties.PolicyDocument);
    const { Statement } = policy?.properties.PolicyDocument ?? {};

    expect(policy?.properties.Topics).toEqual([{ Ref: topic?.id }]);
    expect(Statement.filter(({ Effect }: Json) => Effect === 'Allow')).toEqual([
      {
        Sid: 'AlarmsOfThisAccount',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topic?.id },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    expect(of.filter(({ effect }) => effect === 'Deny').map(({ condition }) => condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
    ]);
    // With a key, the key's policy would have to let CloudWatch in too.
    expect(topic?.properties.KmsMasterKeyId).toBeUndefined();
  });

  it('watch every queue, its dead letters, and every function', () => {
    for (const queue of queuesOf(stage.config)) {
      expect(names).toContain(`sluice-${name}-dead-letters-${queue}`);
      expect(names).toContain(`sluice-${name}-queue-age-${queue}`);
    }
    const functions = stage.ofType('AWS::Lambda::Function').filter((fn) => !isCdksOwn(fn));
    for (const kind of ['errors', 'throttles', 'memory']) {
      expect(names.filter((each) => each.startsWith(`sluice-${name}-${kind}-`))).toHaveLength(
        functions.length,
      );
    }
  });

  it.each([
    ['sweep', 6, 2],
    ['seal', 3, 3],
    ['reconcile', 1, 1],
  ])('count every failed run of %s, which a schedule runs', (fn, EvaluationPeriods, DatapointsToAlarm) => {
    expect(alarms.find(({ AlarmName }) => AlarmName === `sluice-${name}-errors-${fn}`)).toMatchObject({
      ...{ Threshold: 0, Period: 300, EvaluationPeriods, DatapointsToAlarm },
    });
  });

  it('fire on the first dead letter', () => {
    for (const alarm of alarms.filter(({ AlarmName }) => AlarmName.includes('-dead-letters-'))) {
      expect(alarm).toMatchObject({
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
      });
    }
  });

  it('treat a silent sweep as a failure', () => {
    const sweep = alarms.find(({ AlarmName }) => AlarmName.endsWith('-sweep-silent'));

    expect(sweep?.TreatMissingData).toBe('breaching');
  });

  it('set memory at 85 % of what the function has', () => {
    const images = alarms.find(({ AlarmName }) => AlarmName.endsWith('-memory-images'));

    expect(images?.Threshold).toBe(Math.floor(2048 * 0.85));
  });

  it("read the functions' metrics by exactly the dimensions that they are written with", () => {
    const own = alarms
      .flatMap((alarm) => [
        alarm,
        ...(alarm.Metrics ?? []).map(({ MetricStat }: Json) => MetricStat?.Metric ?? {}),
      ])
      .filter(
        ({ Namespace, MetricName }) => Namespace === 'Sluice' && !MetricName.startsWith('MemoryUsedMB-'),
      );

    expect(own.length).toBeGreaterThan(0);
    for (const { Dimensions } of own) {
      expect(Dimensions).toEqual([
        { Name: 'service', Value: 'sluice' },
        { Name: 'stage', Value: name },
      ]);
    }
  });

  it('are on one dashboard with the numbers behind them', () => {
    const [dashboard] = stage.ofType('AWS::CloudWatch::Dashboard');

    expect(dashboard?.properties.DashboardName).toBe(`sluice-${name}`);
    expect(flat(dashboard?.properties.DashboardBody)).toContain('UploadsStored');
  });
});

it('mail goes to the configured address', () => {
  const stage = synthesize({
    ...synthesized('dev').config,
    observability: { alarmEmail: 'ops@example.com' },
  });

  expect(stage.ofType('AWS::SNS::Subscription')[0]?.properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
});
