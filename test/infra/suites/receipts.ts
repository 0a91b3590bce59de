import { describe, expect, it } from 'vitest';
import { configFor, stageNames } from '../../../lib/config/index.ts';
import {
  isCdksOwn,
  type Resource,
  type Synthesized,
  statementsOf,
  synthesize,
  synthesized,
} from '../stages.ts';

const keyOf = (stage: Synthesized): Resource | undefined =>
  stage.ofType('AWS::KMS::Key').find(({ path }) => path.includes('/Receipts/'));

/** Function and what it may do with this key. */
const usesOf = (stage: Synthesized, arn: string): [fn: string | undefined, actions: readonly string[]][] =>
  stage
    .ofType('AWS::IAM::Role')
    .filter((role) => !isCdksOwn(role))
    .flatMap((role) =>
      statementsOf(stage, role)
        .filter(({ resources }) => resources.includes(arn))
        .map(({ actions }): [string | undefined, readonly string[]] => [
          role.path.split('/').at(-3),
          actions,
        ]),
    );

describe.each(stageNames)('receipts of %s', (name) => {
  const stage = synthesized(name);

  it('have a key of their own: one function signs, another gives out its public half, nobody else uses it', () => {
    const key = keyOf(stage);

    expect(key?.properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(key?.deletionPolicy).toBe(stage.config.stable ? 'Retain' : 'Delete');
    expect(usesOf(stage, `<${key?.id}.Arn>`)).toEqual([
      ['Files', ['kms:Sign']],
      ['System', ['kms:GetPublicKey']],
    ]);
  });
});

it('the public halves of keys that were replaced stay published, and nothing is signed by them any more', () => {
  const retired = 'arn:aws:kms:eu-west-1:123456789012:key/0f5a';
  const stage = synthesize({ ...configFor('dev'), retiredReceiptKeys: [retired] });
  const system = stage
    .ofType('AWS::Lambda::Function')
    .find(({ path }) => path.endsWith('/Functions/System/Function/Resource'));

  expect(usesOf(stage, retired)).toEqual([['System', ['kms:GetPublicKey']]]);
  expect(JSON.stringify(system?.properties.Environment.Variables.RECEIPT_KEY_ARNS)).toMatch(`,${retired}"`);
});
