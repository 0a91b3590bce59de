import { describe, expect, it } from 'vitest';
import type { Json, Resource, Synthesized } from '../infra/stages.ts';
import { rate } from './least-privilege.ts';
import type { Reason } from './reasons.ts';
import type { Call, CallRecord } from './record.ts';
import { compareStages } from './stage-differences.ts';

const account = '000000000000';
const table = `arn:aws:dynamodb:us-east-1:${account}:table/t`;
const objects = (bucket: string) => `arn:aws:s3:::${bucket}/tenants/*`;

/** A stage with one function and the buckets `in` and `out`. */
function stageWith(Statement: readonly Json[], stage = 'local'): Synthesized {
  const made = (id: string, type: string, path: string, properties: Json = {}): Resource => ({
    ...{ stack: 'sluice-local-x', id, type, properties },
    path: `sluice-${stage}-x/${path}/Resource`,
  });
  const resources = [
    made('Role', 'AWS::IAM::Role', 'Functions/Work/Role'),
    made('Policy', 'AWS::IAM::Policy', 'Functions/Work/Role/DefaultPolicy', {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement },
    }),
    made('In', 'AWS::S3::Bucket', 'In'),
    made('Out', 'AWS::S3::Bucket', 'Out'),
    made('Table', 'AWS::DynamoDB::GlobalTable', 'Metadata'),
  ];
  const ofType = (type: string) => resources.filter((each) => each.type === type);
  return { config: { stage }, resources, ofType } as unknown as Synthesized;
}

const look = (
  Statement: readonly Json[],
  calls: readonly Partial<Call>[],
  reasons: readonly Reason[] = [],
) => {
  const record: CallRecord = {
    deployed: {
      ...{ partial: false, scanner: 'none' },
      roles: [
        {
          ...{ name: 'work', arn: `arn:aws:iam::${account}:role/work`, trust: {} },
          policies: [{ name: 'p', policy: { Version: '2012-10-17', Statement } }],
        },
      ],
      resources: [
        ['Role', 'AWS::IAM::Role', 'work'],
        ['In', 'AWS::S3::Bucket', 'in'],
        ['Out', 'AWS::S3::Bucket', 'out'],
        ['Table', 'AWS::DynamoDB::GlobalTable', 't'],
      ].map(([id = '', type = '', physicalId = '']) => ({ stack: 'sluice-local-x', id, type, physicalId })),
      sources: [],
    },
    calls: calls.map((call) => ({
      role: 'work',
      action: '',
      resource: '',
      context: {},
      granted: true,
      ...call,
    })),
    resourcePolicies: new Map([['arn:aws:s3:::out', closed]]),
  };
  return rate(record, stageWith(Statement), reasons);
};

const allow = (Action: string, Resource: string | readonly string[], more: Json = {}) => ({
  ...{ Sid: 'It', Effect: 'Allow', Action, Resource },
  ...more,
});
const closed = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::out/tenants/closed/*' },
  ],
};
const get = (key: string, bucket = 'in') => ({
  action: 's3:GetObject',
  resource: `arn:aws:s3:::${bucket}/${key}`,
});

describe('the check of least privilege', () => {
  it('finds a call beyond the resources that are granted', async () => {
    const { denied } = await look([allow('s3:GetObject', objects('in'))], [get('tenants/a'), get('other/a')]);

    expect(denied).toEqual([expect.stringContaining('arn:aws:s3:::in/other/a')]);
  });

  it('finds a listing that does not keep to its prefix', async () => {
    const prefix = { Condition: { StringLike: { 's3:prefix': 'tenants/*' } } };
    const list = { action: 's3:ListBucket', resource: 'arn:aws:s3:::in' };
    const { denied } = await look(
      [allow('s3:ListBucket', 'arn:aws:s3:::in', prefix)],
      [{ ...list, context: { 's3:prefix': 'tenants/a/' } }, list],
    );

    expect(denied).toHaveLength(1);
  });

  it('finds a write to partition keys that are denied', async () => {
    const item = { action: 'dynamodb:PutItem', resource: table };
    const keys = (...names: string[]) => ({ context: { 'dynamodb:LeadingKeys': names } });
    const { denied } = await look(
      [
        allow('dynamodb:PutItem', table),
        {
          ...{ Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: table },
          Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
        },
      ],
      [
        { ...item, ...keys('TENANT#a') },
        { ...item, ...keys('TENANT#a', 'AUDIT#a') },
      ],
    );

    expect(denied).toEqual([expect.stringContaining('ExplicitlyDenied')]);
  });

  it("finds what the resource's own policy denies", async () => {
    const { denied } = await look(
      [allow('s3:GetObject', objects('out'))],
      [get('tenants/open/a', 'out'), get('tenants/closed/a', 'out')],
    );

    expect(denied).toEqual([expect.stringContaining('tenants/closed/a')]);
  });

  it('counts a grant on two buckets as two, and an index as its own', async () => {
    const { grants } = await look(
      [
        allow('s3:GetObject', [objects('in'), objects('out')]),
        allow('dynamodb:Query', [table, `${table}/index/byOwner`]),
      ],
      [get('tenants/a'), { action: 'dynamodb:Query', resource: `${table}/index/byOwner` }],
    );

    expect(grants.map(({ on, use }) => [on, use])).toEqual([
      ['In', 'called'],
      ['Out', 'unused'],
      ['Metadata', 'unused'],
      ['Metadata/index/byOwner', 'called'],
    ]);
  });

  it('takes a written reason for an unused grant, and tells when it is stale', async () => {
    const about = (...actions: string[]): Reason => ({
      ...{ functions: ['Work'], actions, on: ['In'], why: 'for a bad day' },
    });
    const { grants, staleReasons } = await look(
      [allow('s3:GetObject', objects('in')), allow('s3:DeleteObject', objects('in'), { Sid: 'Other' })],
      [get('tenants/a')],
      [about('s3:GetObject', 's3:DeleteObject')],
    );

    expect(grants.map(({ action, use, reason }) => [action, use, reason])).toEqual([
      ['s3:GetObject', 'called', undefined],
      ['s3:DeleteObject', 'unused', 'for a bad day'],
    ]);
    expect(staleReasons).toEqual([{ ...about('s3:GetObject'), functions: [], on: [] }]);
  });

  it('lets a reason be that a run of the tests may or may not meet, but not one for what is not granted', async () => {
    const about = (...actions: string[]): Reason => ({
      ...{ functions: ['Work'], actions, on: ['In'], why: 'for a race', byChance: true },
    });
    const reasons = [about('s3:GetObject'), about('s3:PutObject')];
    const { staleReasons } = await look([allow('s3:GetObject', objects('in'))], [get('tenants/a')], reasons);

    expect(staleReasons).toEqual([reasons[1]]);
  });
});

describe('the comparison of stages', () => {
  const read = allow('s3:GetObject', objects('in'));
  const decrypt = allow('kms:Decrypt', 'arn:aws:kms:us-east-1:000000000000:key/k', { Sid: 'Key' });

  it('finds a right that only one of them has, and a denial that one lacks', () => {
    const denial = { Effect: 'Deny', Action: 's3:GetObject', Resource: objects('out') };
    const local = stageWith([read, denial]);
    const { unexplained } = compareStages(local, stageWith([read, decrypt], 'prod'), []);

    expect(unexplained).toEqual([
      expect.stringMatching(/^only there: Work kms:Decrypt/),
      expect.stringMatching(/^only local: Work s3:GetObject .*Deny/),
    ]);
  });

  it('takes what is written down, and tells what is no longer needed', () => {
    const entry = { granted: 'there' as const, stages: ['prod' as const], why: 'a key' };
    const table = [
      { ...entry, actions: ['kms:Decrypt'] },
      { ...entry, actions: ['kms:Sign'] },
    ];

    expect(compareStages(stageWith([read]), stageWith([read, decrypt], 'prod'), table)).toEqual({
      unexplained: [],
      stale: [table[1]],
    });
  });
});
