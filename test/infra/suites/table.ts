import { describe, expect, it } from 'vitest';
import { fileSummaryAttributes } from '../../../lambdas/contract/file-summary.ts';
import { indexes, timeToLiveAttribute } from '../../../lambdas/contract/table.ts';
import { stageNames } from '../../../lib/config/index.ts';
import { type Json, synthesized } from '../stages.ts';

/** DynamoDB's bound on the attributes that all indexes of a table name together. */
const maxNamedAttributes = 100;

describe.each(stageNames)('the table of %s', (name) => {
  const stage = synthesized(name);
  const [table, ...others] = stage.ofType('AWS::DynamoDB::GlobalTable');

  it('is one, on demand, with a stream of new images and TTL', () => {
    expect(others).toEqual([]);
    expect(table?.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: timeToLiveAttribute, Enabled: true },
    });
  });

  it('can be restored to any second, and is protected where the stage is stable', () => {
    const [replica] = table?.properties.Replicas ?? [];

    expect(replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    expect(replica.DeletionProtectionEnabled).toBe(stage.config.stable);
  });

  it('has the indexes of the contract, which project no more than a listing shows', () => {
    const found = table?.properties.GlobalSecondaryIndexes.map(
      ({ IndexName, KeySchema, Projection }: Json) => ({
        name: IndexName,
        keys: KeySchema.map(({ AttributeName }: Json) => AttributeName),
        projection: Projection,
      }),
    );

    expect(found).toEqual(
      Object.values(indexes).map(({ name: index, partition, sort, projected }) => ({
        name: index,
        keys: [partition, sort],
        projection:
          projected.length > 0
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...fileSummaryAttributes] }
            : { ProjectionType: 'KEYS_ONLY' },
      })),
    );
  });

  it('stays within what DynamoDB lets indexes name', () => {
    const named = Object.values(indexes).reduce((sum, { projected }) => sum + projected.length, 0);

    expect(named).toBeLessThanOrEqual(maxNamedAttributes);
  });
});
