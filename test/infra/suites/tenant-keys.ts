import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import {
  flat,
  isCdksOwn,
  isGuardDutys,
  isMediaConverts,
  list,
  type Resource,
  type Statement,
  type Synthesized,
  statementsOf,
  synthesized,
} from '../stages.ts';

const ownRoles = (stage: Synthesized): readonly Resource[] =>
  stage
    .ofType('AWS::IAM::Role')
    // MediaConvert gets no file that lies under such a key.
    .filter((role) => !isCdksOwn(role) && !isGuardDutys(role) && !isMediaConverts(role));

const use = /^(Intake|Library|Derived)?TenantKeys$/;

/** The buckets, of those with tenants' objects, that statements with one of these actions name. */
const bucketsOf = (statements: readonly Statement[], ...actions: string[]): string[] => {
  const named = statements
    .filter((statement) => statement.actions.some((action) => actions.includes(action)))
    .flatMap(({ resources }) => resources)
    .flatMap((resource) => /Objects(Intake|Library|Derived)Bucket/.exec(resource)?.[1] ?? []);
  return [...new Set(named)].sort();
};

describe.each(stageNames)("tenants' own keys in %s", (name) => {
  const stage = synthesized(name);
  const roles = ownRoles(stage).map((role) => ({ role, statements: statementsOf(stage, role) }));
  const uses = roles.flatMap(({ role, statements }) =>
    statements.filter(({ sid }) => use.test(sid ?? '')).map((statement) => ({ role, ...statement })),
  );
  const making = roles.find(({ role }) => role.path.endsWith('/Functions/Tenants/Role/Resource'))?.statements;
  const ending = roles.find(({ role }) => role.path.endsWith('/Pipeline/Bulk/Role/Resource'))?.statements;
  const onKeys = (statements: readonly Statement[] = []): readonly Statement[] =>
    statements.filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));

  it('may be used by exactly those who read, write or list parts of objects, for these buckets', () => {
    for (const { role, statements } of roles) {
      const own = statements.filter(({ sid }) => use.test(sid ?? ''));
      const contexts = own.flatMap(({ condition }) =>
        list(condition.StringLike['kms:EncryptionContext:aws:s3:arn']).map(flat),
      );
      const buckets = contexts.map((context) => /Objects(\w+?)Bucket.*\/tenants\/\*$/.exec(context)?.[1]);
      const touched = bucketsOf(
        statements,
        ...['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:ListMultipartUploadParts'],
      );
      expect([...new Set(buckets)].sort(), role.path).toEqual(touched);
    }
    expect(uses.length).toBeGreaterThan(6);
  });

  it('encrypt only for those who write, and decrypt for all', () => {
    for (const { role, statements } of roles) {
      for (const { actions, condition } of statements.filter(({ sid }) => use.test(sid ?? ''))) {
        const contexts = list(condition.StringLike['kms:EncryptionContext:aws:s3:arn']).map(flat).join();
        const written = bucketsOf(statements, 's3:PutObject').some((bucket) =>
          contexts.includes(`Objects${bucket}Bucket`),
        );
        const expected = written ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
        expect(actions, role.path).toEqual(expected);
      }
    }
  });

  it('are used through S3 alone, for objects alone, and only where the tags say tenant and stage', () => {
    for (const { role, resources, condition } of uses) {
      expect(resources, role.path).toEqual([expect.stringMatching(/:kms:.*:key\/\*$/)]);
      expect(flat(condition.StringEquals['kms:ViaService'])).toMatch(/^s3\..+\.amazonaws\.com$/);
      expect(condition.StringEquals['aws:ResourceTag/Stage']).toBe(name);
      expect(condition.StringLike['aws:ResourceTag/TenantId']).toBe('*');
    }
  });

  it('are made by one function, with the tags that bind them, and named by aliases of the stage', () => {
    const statements = onKeys(making);
    expect(statements.map(({ sid }) => sid)).toEqual([
      'CreateTenantKeys',
      'NameTenantKeys',
      'PrepareTenantKeys',
      'DropNamelessTenantKeys',
    ]);
    const [create, naming, prepare, drop] = statements;
    expect(create?.condition).toEqual({
      StringEquals: { 'aws:RequestTag/Stage': name },
      StringLike: { 'aws:RequestTag/TenantId': '*' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['TenantId', 'Stage'] },
    });
    expect(naming?.resources).toEqual([expect.stringMatching(`:alias/sluice-${name}-tenant-\\*$`)]);
    expect(prepare?.condition.StringEquals).toEqual({ 'aws:ResourceTag/Stage': name });
    expect(drop?.condition.Null).toEqual({ 'kms:ResourceAliases': 'true' });
  });

  it('are ended by one function, after the longest wait', () => {
    const scheduling = roles.flatMap(({ role, statements }) =>
      statements
        .filter(({ actions }) => actions.includes('kms:ScheduleKeyDeletion'))
        .map((statement) => ({ role: role.path.split('/').at(-3), ...statement })),
    );
    expect(scheduling.map(({ role, sid }) => [role, sid]).sort()).toEqual([
      ['Bulk', 'RetireTenantKeys'],
      ['Tenants', 'DropNamelessTenantKeys'],
    ]);
    for (const { actions, resources, condition } of scheduling) {
      expect(actions).toEqual(['kms:ScheduleKeyDeletion']);
      expect(resources).toEqual([expect.stringMatching(/:key\/\*$/)]);
      expect(condition).toMatchObject({
        StringEquals: { 'aws:ResourceTag/Stage': name },
        StringLike: { 'aws:ResourceTag/TenantId': '*' },
        NumericGreaterThanEqualsIfExists: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '30' },
      });
    }
    expect(onKeys(ending).flatMap(({ sid }) => sid)).toEqual(
      expect.arrayContaining(['FindTenantKeys', 'UnnameTenantKeys', 'RetireTenantKeys']),
    );
  });

  it('have policies of the three buckets with tenants’ objects, and of this stage’s roles', () => {
    const fn = stage
      .ofType('AWS::Lambda::Function')
      .find(({ path }) => path.endsWith('/Functions/Tenants/Function/Resource'));
    const scope = flat(fn?.properties.Environment.Variables.TENANT_KEYS);
    expect(scope.match(/Objects(Intake|Library|Derived)Bucket/g)?.sort()).toEqual([
      'ObjectsDerivedBucket',
      'ObjectsIntakeBucket',
      'ObjectsLibraryBucket',
    ]);
    expect(scope).toContain(`:role/sluice-${name}-*`);
    // Names that CloudFormation gives begin with the stack's.
    for (const { role } of roles) {
      expect(role.properties.RoleName, role.path).toBeUndefined();
      expect(role.stack).toMatch(new RegExp(`^sluice-${name}-`));
    }
  });
});
