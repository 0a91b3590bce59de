import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import {
  isCdksOwn,
  ownStatements,
  queuesOf,
  roleOf,
  type Synthesized,
  statementsOf,
  synthesized,
} from '../stages.ts';

const actionsOf = (stage: Synthesized, construct: string): Set<string> =>
  new Set(statementsOf(stage, roleOf(stage, construct)).flatMap(({ actions }) => actions));

const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe.each(stageNames)('permissions of %s', (name) => {
  const stage = synthesized(name);
  const own = stage.ofType('AWS::IAM::Policy').filter((policy) => !isCdksOwn(policy));
  const allStatements = ownStatements(stage);

  it('contain no wildcard action', () => {
    expect(own.length).toBeGreaterThan(0);
    for (const { role, actions } of allStatements) {
      for (const action of actions) expect(action, role.path).not.toContain('*');
    }
  });

  it('name resources, and beyond them no more than the tenants prefix', () => {
    for (const { role, sid, actions, resources } of allStatements) {
      // Made while the stage runs, so that their ARNs are unknown: conditions bound these (suites/tenant-keys.ts).
      if (sid?.endsWith('TenantKeys')) continue;
      // X-Ray knows no resources: the one exception, and only where tracing is on.
      const tracing = stage.config.tracing && actions.every((action) => action.startsWith('xray:Put'));
      // Nor does GuardDuty for scans that are asked for (suites/malware.ts).
      const scanning = sid === 'AskGuardDuty';
      // Executions are named by what they work on, below one state machine.
      const executions = sid === 'SeeTranscodes' && resources.every((each) => each.endsWith('.Name>:*'));
      for (const resource of resources) {
        if (!tracing && !scanning && !executions)
          expect(
            resource.replace(/\/tenants\/\*(\/[a-z]+\/\*)*(\/stream\.json)?$/, ''),
            role.path,
          ).not.toContain('*');
      }
    }
  });

  it('use no policy managed by AWS', () => {
    for (const role of stage.ofType('AWS::IAM::Role').filter((each) => !isCdksOwn(each))) {
      expect(role.properties.ManagedPolicyArns, role.path).toBeUndefined();
    }
  });

  it('let every function write to its own log group and no other', () => {
    for (const { role, actions, resources } of allStatements) {
      if (!actions.some((action) => action.startsWith('logs:'))) continue;
      expect(actions).toEqual(logActions);
      const construct = role.path.split('/').at(-3);
      expect(resources).toEqual([expect.stringMatching(new RegExp(`^<\\w*${construct}Logs\\w+\\.Arn>$`))]);
    }
  });

  it('let three functions work on the user pool: one makes sign-ins, one ends them, one reads the secret for tokens', () => {
    const onPool = allStatements.filter(({ actions }) => actions.some((each) => each.startsWith('cognito')));
    const byFunction = Object.fromEntries(
      onPool.map(({ role, actions }) => [role.path.split('/').at(-3), [...actions].sort()]),
    );

    const [get, remove] = ['cognito-idp:AdminGetUser', 'cognito-idp:AdminDeleteUser'];
    expect(byFunction).toEqual({
      Tenants: [
        'cognito-idp:AdminCreateUser',
        ...[remove, get],
        ...(stage.config.passwordLogin ? ['cognito-idp:AdminSetUserPassword'] : []),
      ],
      Bulk: [remove, get],
      Token: ['cognito-idp:DescribeUserPoolClient'],
    });
  });

  it('never allow a Scan, nor administration of tables, buckets or queues', () => {
    const forbidden =
      /^(dynamodb:(Scan|\w*Table|\w*Backup)|s3:(Put|Delete)Bucket|sqs:(Purge|Set)|iam:|kms:(Put|Schedule))/;
    for (const { role, sid, actions } of allStatements) {
      // Which keys, and how, suites/tenant-keys.ts says.
      if (sid?.endsWith('TenantKeys')) continue;
      for (const action of actions) expect(action, role.path).not.toMatch(forbidden);
    }
  });

  it('let only the sweep and the sealer query what is due', () => {
    const querying = allStatements.filter(({ resources }) =>
      resources.some((resource) => resource.endsWith('/index/byDue')),
    );

    expect(querying.map(({ role }) => role.path.split('/').at(-3)).sort()).toEqual(['Seal', 'Sweep']);
  });

  it('let health read items, see that buckets exist, and measure queues', () => {
    expect(actionsOf(stage, 'Functions/System')).toEqual(
      new Set([
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        's3:ListBucket',
        'kms:GetPublicKey',
        'sqs:GetQueueAttributes',
        ...logActions,
        ...xray(stage),
      ]),
    );
  });

  it('let operations take dead letters and send to queues, and not the other way round', () => {
    const onQueues = statementsOf(stage, roleOf(stage, 'Functions/Operations')).filter(
      ({ sid }) => sid === 'TakeDeadLetters' || sid === 'SendAgain',
    );

    expect(onQueues.map(({ sid, actions, resources }) => [sid, actions, resources.length])).toEqual([
      [
        'TakeDeadLetters',
        [
          ...['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
          ...['sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        ],
        queuesOf(stage.config).length,
      ],
      ['SendAgain', ['sqs:GetQueueAttributes', 'sqs:SendMessage'], queuesOf(stage.config).length],
    ]);
    for (const { sid, resources } of onQueues) {
      for (const resource of resources) expect(/DeadLetters/.test(resource)).toBe(sid === 'TakeDeadLetters');
    }
  });
});

const xray = ({ config }: Synthesized): string[] =>
  config.tracing ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] : [];
