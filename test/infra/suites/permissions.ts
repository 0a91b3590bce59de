import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import {
  isCdksOwn,
  isGuardDutys,
  list,
  queuesOf,
  roleOf,
  type Statement,
  type Synthesized,
  statementsOf,
  synthesized,
} from '../stages.ts';

const actionsOf = (stage: Synthesized, construct: string): Set<string> =>
  new Set(statementsOf(stage, roleOf(stage, construct)).flatMap(({ actions }) => actions));

/** Statements on tenants' objects of one bucket. */
const onObjects = (statements: readonly Statement[], bucket: string): Set<string> =>
  new Set(
    statements
      .filter(({ resources }) =>
        resources.some((resource) => new RegExp(`Objects${bucket}Bucket.*/tenants/\\*$`).test(resource)),
      )
      .flatMap(({ actions }) => actions),
  );

const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe.each(stageNames)('permissions of %s', (name) => {
  const stage = synthesized(name);
  const own = stage.ofType('AWS::IAM::Policy').filter((policy) => !isCdksOwn(policy));
  const allStatements = stage
    .ofType('AWS::IAM::Role')
    .filter((role) => !isCdksOwn(role) && !isGuardDutys(role))
    .flatMap((role) => statementsOf(stage, role).map((statement) => ({ role, ...statement })));

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
      for (const resource of resources) {
        if (!tracing && !scanning)
          expect(resource.replace(/\/tenants\/\*(\/[a-z]+\/\*)*$/, ''), role.path).not.toContain('*');
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

  it("let no API function's own role read or write an object", () => {
    for (const { role, actions } of allStatements.filter((each) =>
      // Pictures are made, and the search index is read, by functions behind the API: the next tests.
      /\/Functions\/(?!(Variants|Search)\/)\w+\/Role\/Resource$/.test(each.role.path),
    )) {
      for (const action of actions) expect(action, role.path).not.toMatch(/^s3:(Get|Put|Delete)Object/);
    }
  });

  it.each([
    ['Functions/Search', { 's3:GetObject': ['search'] }],
    [
      'Search/Index',
      { 's3:GetObject': ['search', 'text'], 's3:PutObject': ['search'], 's3:DeleteObject': ['search'] },
    ],
  ])(
    'let %s at the search index, and at texts that go into it, of the derived bucket alone',
    (construct, folders) => {
      const onBytes = statementsOf(stage, roleOf(stage, construct)).filter(({ actions }) =>
        actions.some((action) => action.startsWith('s3:')),
      );
      const derived = /ObjectsDerivedBucket\w+\W.*\/tenants\/\*\/(\w+)\/\*$/;
      const found: Record<string, string[]> = {};
      for (const { actions, resources } of onBytes) {
        for (const action of actions) {
          found[action] = [
            ...(found[action] ?? []),
            ...resources.map((resource) => derived.exec(resource)?.[1] ?? resource),
          ].sort();
        }
      }

      expect(found).toEqual(folders);
    },
  );

  it('let the function that makes pictures read originals and renditions, and write nothing but pictures', () => {
    const onBytes = statementsOf(stage, roleOf(stage, 'Functions/Variants')).filter(({ actions }) =>
      actions.some((action) => /^s3:(Get|Put|Delete)Object/.test(action)),
    );
    const variants = expect.stringMatching(
      /ObjectsDerivedBucket\w+\W.*\/tenants\/\*\/thumbnails\/\*\/variants\/\*$/,
    );

    expect(onBytes.map(({ actions, resources }) => [...actions, ...resources])).toEqual([
      ['s3:GetObjectVersion', expect.stringMatching(/ObjectsLibraryBucket\w+\W.*\/tenants\/\*$/)],
      ['s3:GetObject', expect.stringMatching(/ObjectsDerivedBucket\w+\W.*\/tenants\/\*$/)],
      ['s3:PutObject', variants],
      ['s3:PutObjectTagging', variants],
      ['s3:DeleteObject', variants],
    ]);
  });

  describe('signer roles', () => {
    it.each(['Functions/Uploads', 'Pipeline/Complete'])(
      'of %s puts into intake and nothing else',
      (construct) => {
        const signer = roleOf(stage, `${construct}/UploadSigner`);
        const s3 = statementsOf(stage, signer).filter(({ actions }) =>
          actions.some((action) => action.startsWith('s3:')),
        );

        expect(s3).toHaveLength(1);
        expect(s3[0]?.actions).toEqual(['s3:PutObject']);
        expect(s3[0]?.resources).toEqual([expect.stringMatching(/ObjectsIntakeBucket\w+\W.*\/tenants\/\*$/)]);
      },
    );

    const versions = [
      's3:GetObjectVersion',
      expect.stringMatching(/ObjectsLibraryBucket\w+\W.*\/tenants\/\*$/),
    ];
    const renditions = ['s3:GetObject', expect.stringMatching(/ObjectsDerivedBucket\w+\W.*\/tenants\/\*$/)];
    it.each([
      ['Files', 'versions of the library and renditions', [versions, renditions]],
      ['Public', 'versions of the library', [versions]],
      ['Variants', 'renditions', [renditions]],
    ])('of %s gets %s and nothing else', (construct, _what, expected) => {
      const signer = roleOf(stage, `Functions/${construct}/DownloadSigner`);
      const s3 = statementsOf(stage, signer).filter(({ actions }) =>
        actions.some((action) => action.startsWith('s3:')),
      );

      expect(s3.map(({ actions, resources }) => [...actions, ...resources])).toEqual(expected);
    });

    it('trust exactly the role of the function that they were made for, for an hour', () => {
      const signers = stage.ofType('AWS::IAM::Role').filter(({ path }) => path.includes('Signer/'));
      expect(signers).toHaveLength(5);
      for (const signer of signers) {
        const [construct] = signer.path.match(/(Functions|Pipeline)\/\w+/) ?? [''];
        const principals = list(signer.properties.AssumeRolePolicyDocument.Statement).map(
          ({ Principal }) => Principal,
        );
        expect(principals).toEqual([{ AWS: { 'Fn::GetAtt': [roleOf(stage, construct).id, 'Arn'] } }]);
        expect(signer.properties.MaxSessionDuration).toBe(3_600);
      }
    });

    it('are assumed only by those functions', () => {
      const assuming = allStatements.filter(({ actions }) => actions.includes('sts:AssumeRole'));

      expect(assuming.map(({ role }) => role.path.split('/').at(-3)).sort()).toEqual([
        'Complete',
        'Files',
        'Public',
        'Uploads',
        'Variants',
      ]);
    });
  });

  it('let dispatch delete versions of intake, not read them', () => {
    const dispatch = statementsOf(stage, roleOf(stage, 'Pipeline/Dispatch'));

    expect([...onObjects(dispatch, 'Intake')]).toEqual(['s3:DeleteObjectVersion']);
  });

  it('let only inspect read intake, and only inspect write the library', () => {
    const readers = allStatements.filter(
      ({ actions, resources }) =>
        actions.some((action) => action.startsWith('s3:GetObject')) &&
        resources.some((resource) => resource.includes('ObjectsIntakeBucket')),
    );
    const writers = allStatements.filter(
      ({ actions, resources }) =>
        actions.includes('s3:PutObject') &&
        resources.some((resource) => resource.includes('ObjectsLibraryBucket')),
    );

    expect(new Set([...readers, ...writers].map(({ role }) => role.path.split('/').at(-3)))).toEqual(
      new Set(['Inspect']),
    );
  });

  it('let nobody do more to intake than its job takes', () => {
    const of = (worker: string) => [
      ...onObjects(statementsOf(stage, roleOf(stage, `Pipeline/${worker}`)), 'Intake'),
    ];

    expect(of('Bulk')).toEqual(['s3:AbortMultipartUpload', 's3:DeleteObjectVersion']);
    expect(of('Purge')).toEqual(['s3:DeleteObjectVersion']);
    expect(of('Inspect')).toEqual(['s3:DeleteObjectVersion', 's3:GetObjectVersion']);
    expect(of('Complete')).toEqual(['s3:ListMultipartUploadParts']);
  });

  it('let images read the library and write derived', () => {
    const images = statementsOf(stage, roleOf(stage, 'Pipeline/Images'));

    expect([...onObjects(images, 'Library')]).toEqual(['s3:GetObjectVersion']);
    expect([...onObjects(images, 'Derived')].sort()).toEqual([
      's3:DeleteObject',
      's3:PutObject',
      's3:PutObjectTagging',
    ]);
  });

  it('bound listings to the tenants prefix', () => {
    for (const { role, sid, actions, condition } of allStatements) {
      if (!actions.some((action) => action.startsWith('s3:ListBucket'))) continue;
      // A read names no prefix, and S3 tells that its object is missing only to who may list.
      if (sid?.endsWith('Missing') && /\/(Inspect|Scan|Variants)\/Role\//.test(role.path)) continue;
      // HeadBucket asks without a prefix; the health check alone does.
      if (role.path.includes('/System/')) continue;
      // S3 has no such condition for this one, and it tells keys and upload ids alone.
      if (actions.join() === 's3:ListBucketMultipartUploads') continue;
      expect(condition, role.path).toEqual({ StringLike: { 's3:prefix': 'tenants/*' } });
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
