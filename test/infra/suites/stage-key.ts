import { describe, expect, it } from 'vitest';
import { isCdksOwn, statementsOf, synthesized } from '../stages.ts';

describe.each(['staging', 'prod'] as const)("the stage's key in %s", (name) => {
  const stage = synthesized(name);
  const uses = stage.ofType('AWS::IAM::Role').flatMap((role) =>
    statementsOf(stage, role)
      // The audit's heads, receipts and links are signed by keys of their own.
      .filter(({ actions }) =>
        actions.some((action) => /^kms:(?!Sign$|GetPublicKey$|GenerateMac$)/.test(action)),
      )
      .filter(({ sid }) => !sid?.endsWith('TenantKeys'))
      .map(({ actions, resources }) => ({ who: role.path.split('/').at(-3), actions, resources })),
  );

  it('may be used by exactly those who read or write objects, or list parts', () => {
    expect([...new Set(uses.map(({ who }) => who))].sort()).toEqual([
      'Complete',
      'Documents',
      'DownloadSigner',
      'Encode',
      'GuardDuty',
      'Images',
      'Index',
      'Inspect',
      'MediaConvert',
      'Operations',
      'Other',
      'Probe',
      'Search',
      'Settle',
      'Stream',
      'Sweep',
      'UploadSigner',
      'Uploads',
      'Variants',
      'Verify',
    ]);
    for (const { resources } of uses) {
      expect(resources).toEqual([expect.stringMatching(/ObjectsKey\w+\W?Arn/)]);
    }
  });

  it.each(['DownloadSigner', 'Uploads', 'Complete', 'Operations', 'Search', 'Stream', 'Sweep'])(
    'never encrypts for %s, which only reads',
    (who) => {
      const own = uses.filter((use) => use.who === who);

      expect([...new Set(own.flatMap(({ actions }) => actions))]).toEqual(['kms:Decrypt']);
    },
  );

  // S3 asks for the key with each of these: a copy reads its source, a completed upload its parts.
  it.each([
    ['s3:GetObjectVersion', ['kms:Decrypt']],
    ['s3:ListMultipartUploadParts', ['kms:Decrypt']],
    ['s3:PutObject', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ])('comes with every %s', (action, expected) => {
    // The sealer writes to the audit bucket alone, which has S3's own key.
    const roles = stage
      .ofType('AWS::IAM::Role')
      .filter((role) => !isCdksOwn(role) && !role.path.includes('/Seal/'));
    const granted = roles
      .map((role) => ({ role, actions: statementsOf(stage, role).flatMap(({ actions }) => actions) }))
      .filter(({ actions }) => actions.includes(action));

    expect(granted.length).toBeGreaterThan(1);
    for (const { role, actions } of granted) {
      expect(actions, role.path).toEqual(expect.arrayContaining(expected));
    }
  });
});
