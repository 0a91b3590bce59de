import { describe, expect, it } from 'vitest';
import { checked, configFor, stageNames } from '../../../lib/config/index.ts';
import { isCdksOwn, type Synthesized, statementsOf, synthesize, synthesized } from '../stages.ts';

const library = (stage: Synthesized) =>
  stage.ofType('AWS::S3::Bucket').find(({ path }) => path.includes('-storage/Objects/Library/'))?.properties;

const allowing = (stage: Synthesized, action: string): (string | undefined)[] =>
  stage
    .ofType('AWS::IAM::Role')
    .filter((role) => !isCdksOwn(role))
    .filter((role) => statementsOf(stage, role).some(({ actions }) => actions.includes(action)))
    .map(({ path }) => path.split('/').at(-3))
    .sort();

const settingOf = (stage: Synthesized): Record<string, string> =>
  Object.fromEntries(
    stage
      .ofType('AWS::Lambda::Function')
      .flatMap(({ path, properties }) => {
        const mode = properties.Environment?.Variables?.OBJECT_LOCK;
        return mode ? [[path.split('/').at(-3), mode]] : [];
      })
      .sort(),
  );

describe('Object Lock on the library', () => {
  it.each(stageNames)('is off in %s as shipped, and nobody there may lock anything', (name) => {
    const stage = synthesized(name);

    expect(library(stage)?.ObjectLockEnabled).toBeUndefined();
    expect(settingOf(stage)).toEqual({});
    for (const action of ['s3:PutObjectRetention', 's3:PutObjectLegalHold']) {
      expect(allowing(stage, action)).toEqual([]);
    }
  });

  it('where it is configured, comes without a default, and locks only for whom the policy says', () => {
    const stage = synthesize({ ...configFor('prod'), objectLock: 'compliance' });

    expect(library(stage)).toMatchObject({ ObjectLockEnabled: true });
    expect(library(stage)?.ObjectLockConfiguration?.Rule).toBeUndefined();
    expect(allowing(stage, 's3:PutObjectRetention')).toEqual(['Inspect']);
    expect(allowing(stage, 's3:PutObjectLegalHold')).toEqual(['Files', 'Inspect']);
    expect(settingOf(stage)).toEqual({
      Bulk: 'compliance',
      Files: 'compliance',
      Inspect: 'compliance',
      Purge: 'compliance',
    });
    expect(stage.findings).toEqual([]);
    // A right that would lift locks of the mode governance.
    expect(allowing(stage, 's3:BypassGovernanceRetention')).toEqual([]);
  });

  it('is refused for a stage that goes with its data', () => {
    expect(() => checked({ ...configFor('dev'), objectLock: 'governance' })).toThrow('has to be stable');
  });
});
