import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config/index.ts';
import { list, ownStatements, roleOf, type Statement, statementsOf, synthesized } from '../stages.ts';

/** Statements on tenants' objects of one bucket. */
const onObjects = (statements: readonly Statement[], bucket: string): Set<string> =>
  new Set(
    statements
      .filter(({ resources }) =>
        resources.some((resource) => new RegExp(`Objects${bucket}Bucket.*/tenants/\\*$`).test(resource)),
      )
      .flatMap(({ actions }) => actions),
  );

describe.each(stageNames)('permissions on the objects of %s', (name) => {
  const stage = synthesized(name);
  const allStatements = ownStatements(stage);

  it("let no API function's own role read or write an object", () => {
    for (const { role, actions } of allStatements.filter((each) =>
      // Pictures are made, streams and the search index are read, by functions behind the API: the next tests.
      /\/Functions\/(?!(Variants|Stream|Search)\/)\w+\/Role\/Resource$/.test(each.role.path),
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

  it('let the function that writes playlists read what they are written from, and nothing else', () => {
    const onBytes = statementsOf(stage, roleOf(stage, 'Functions/Stream')).filter(({ actions }) =>
      actions.some((action) => action.startsWith('s3:')),
    );

    expect(onBytes.map(({ actions, resources }) => [...actions, ...resources])).toEqual([
      [
        's3:GetObject',
        expect.stringMatching(/ObjectsDerivedBucket\w+\W.*\/tenants\/\*\/videos\/\*\/stream\.json$/),
      ],
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
    const videos = [
      's3:GetObject',
      expect.stringMatching(/ObjectsDerivedBucket\w+\W.*\/tenants\/\*\/videos\/\*$/),
    ];
    it.each([
      ['Files', 'versions of the library and renditions', [versions, renditions]],
      ['Public', 'versions of the library', [versions]],
      ['Variants', 'renditions', [renditions]],
      ['Stream', 'what was made of videos', [videos]],
    ])('of %s gets %s and nothing else', (construct, _what, expected) => {
      const signer = roleOf(stage, `Functions/${construct}/DownloadSigner`);
      const s3 = statementsOf(stage, signer).filter(({ actions }) =>
        actions.some((action) => action.startsWith('s3:')),
      );

      expect(s3.map(({ actions, resources }) => [...actions, ...resources])).toEqual(expected);
    });

    it('trust exactly the role of the function that they were made for, for an hour', () => {
      const signers = stage.ofType('AWS::IAM::Role').filter(({ path }) => path.includes('Signer/'));
      expect(signers).toHaveLength(6);
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
        'Stream',
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
      if (sid?.endsWith('Missing') && /\/(Inspect|Scan|Variants|Encode|Verify)\/Role\//.test(role.path))
        continue;
      // HeadBucket asks without a prefix; the health check alone does.
      if (role.path.includes('/System/')) continue;
      // S3 has no such condition for this one, and it tells keys and upload ids alone.
      if (actions.join() === 's3:ListBucketMultipartUploads') continue;
      expect(condition, role.path).toEqual({ StringLike: { 's3:prefix': 'tenants/*' } });
    }
  });
});
