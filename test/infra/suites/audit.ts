import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import {
  flat,
  isCdksOwn,
  type Resource,
  type Statement,
  type Synthesized,
  statements,
  statementsOf,
  synthesized,
} from '../stages.ts';

/** What the functions' own roles are granted, with the function's name. */
const grantsOf = (stage: Synthesized): { fn: string | undefined; statement: Statement }[] =>
  stage
    .ofType('AWS::IAM::Role')
    .filter((role) => !isCdksOwn(role))
    .flatMap((role) =>
      statementsOf(stage, role).map((statement) => ({ fn: role.path.split('/').at(-3), statement })),
    );

const isOf =
  (construct: string) =>
  ({ path }: Resource): boolean =>
    path.includes(`/Trail/${construct}/`);

describe.each(stageNames)('the audit of %s', (name) => {
  const stage = synthesized(name);
  const grants = grantsOf(stage);

  it('is put into its bucket by the sealer; nobody else reads, writes or deletes objects there', () => {
    const onBucket = grants.filter(({ statement }) =>
      statement.resources.some((resource) => /ObjectsAuditBucket.*\//.test(resource)),
    );

    expect(onBucket.map(({ fn, statement }) => [fn, statement.actions])).toEqual([
      ['Seal', ['s3:PutObject']],
    ]);
    expect(onBucket[0]?.statement.resources[0]).toMatch(/\/tenants\/\*$/);
  });

  it('is signed by the sealer alone, with a key that only signs', () => {
    const [key] = stage.ofType('AWS::KMS::Key').filter(isOf('Heads'));
    const signing = grants.filter(({ statement }) => statement.resources.includes(`<${key?.id}.Arn>`));

    expect(key?.properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(key?.deletionPolicy).toBe(stage.config.stable ? 'Retain' : 'Delete');
    expect(signing.map(({ fn, statement }) => [fn, statement.actions])).toEqual([['Seal', ['kms:Sign']]]);
    expect(signing[0]?.statement.resources).toHaveLength(1);
  });

  it('takes every event of the bus that is of Sluice', () => {
    const [rule] = stage.ofType('AWS::Events::Rule').filter(isOf('Events'));

    expect(rule?.properties.EventPattern).toEqual({ source: ['sluice'] });
    expect(rule?.properties.Targets[0].DeadLetterConfig).toBeDefined();
  });

  it('is sealed every minute', () => {
    const [schedule] = stage
      .ofType('AWS::Events::Rule')
      .filter(({ path }) => path.endsWith('/SealSchedule/Resource'));

    expect(schedule?.properties.ScheduleExpression).toBe('rate(1 minute)');
    expect(schedule?.properties.Targets[0].RetryPolicy.MaximumRetryAttempts).toBe(0);
  });

  it('publishes alerts from one function to a topic that refuses plain HTTP', () => {
    const [topic] = stage.ofType('AWS::SNS::Topic').filter(isOf('Security'));
    const [policy] = stage.ofType('AWS::SNS::TopicPolicy').filter(isOf('Security'));
    const publishing = grants.filter(({ statement }) => statement.actions.includes('sns:Publish'));

    expect(publishing.map(({ fn }) => fn)).toEqual(['Audit']);
    expect(publishing[0]?.statement.resources.map(flat)).toEqual([`<${topic?.id}>`]);
    expect(
      statements(policy?.properties.PolicyDocument).map(({ effect, condition }) => [effect, condition]),
    ).toEqual([['Deny', { Bool: { 'aws:SecureTransport': 'false' } }]]);
  });
});

describe.each(['dev', 'prod'] as const)('the records of the audit in the table of %s', (name) => {
  const stage = synthesized(name);
  const writing = /^dynamodb:(PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/;

  it('are written by the audit worker and the sealer: everybody else who writes items is denied them', () => {
    const free = stage.ofType('AWS::IAM::Role').flatMap((role) => {
      const all = statementsOf(stage, role);
      const allowed = all
        .filter(({ effect, condition }) => effect === 'Allow' && !condition)
        .flatMap(({ actions }) => actions.filter((action) => writing.test(action)));
      const denied = all.flatMap(({ effect, actions, condition }) =>
        effect === 'Deny' && JSON.stringify(condition).includes('"AUDIT#*"') ? actions : [],
      );
      return allowed.some((action) => !denied.includes(action)) ? [role.path.split('/').at(-3)] : [];
    });
    expect(free).toEqual(['Audit', 'Seal']);
  });
});

describe.each(['dev', 'prod'] as const)('who watches the audit of %s', (name) => {
  it.each(['dead-letters-audit', 'queue-age-audit', 'errors-seal', 'seal-silent', 'audit-unsealed'])(
    'hears %s',
    (alarm) => {
      const names = synthesized(name)
        .ofType('AWS::CloudWatch::Alarm')
        .map(({ properties }) => properties.AlarmName);
      expect(names).toContain(`sluice-${name}-${alarm}`);
    },
  );
});
