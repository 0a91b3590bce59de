import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { commitSteps } from '../../../lambdas/adapters/dynamodb/commit.ts';
import { createResemblances } from '../../../lambdas/adapters/dynamodb/resemblances.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { bandsOf, bandsWithin } from '../../../lambdas/core/images/hash-bands.ts';
import { file } from '../../support/domain.ts';
import { tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 100, publishDelaySeconds: 60 };
const counters = {
  ...{ committedBytes: 0, committedFiles: 0, reservedBytes: 0, reservedFiles: 0, openUploads: 0 },
};

/** What a change writes of entries, and what it removes. */
function written(before: FileRecord, after: FileRecord) {
  const steps = commitSteps('T', { before, after, counters }, settings).map(({ step }) => step);
  const isEntry = (pk: unknown) => String(pk).includes('#RESEMBLANCE#');
  return {
    puts: steps.flatMap(({ Put }) => (isEntry(Put?.Item?.pk) ? [Put?.Item] : [])),
    deletes: steps.flatMap(({ Delete }) => (isEntry(Delete?.Key?.pk) ? [Delete?.Key] : [])),
  };
}

const ready = (perceptualHash: string): FileRecord => file({ status: 'ready', perceptualHash });
const { perceptualHash: _, ...unknown } = ready('');

describe('the entries of a picture', () => {
  it('come with the change by which its look is known: one a band, in its tenant', () => {
    const hash = '0123456789abcdef';

    const { puts, deletes } = written(unknown, ready(hash));

    expect(deletes).toEqual([]);
    expect(puts).toHaveLength(5);
    for (const item of puts) {
      expect(item?.pk).toMatch(/^TENANT#acme#RESEMBLANCE#[0-4]#[\da-f]{4}$/);
      expect(item).toMatchObject({ sk: 'FILE#F1', fileId: 'F1', ownerId: 'alice', perceptualHash: hash });
    }
  });

  it('go with the file into the trash', () => {
    const before = ready('0123456789abcdef');

    const { puts, deletes } = written(before, { ...before, status: 'deleted' });

    expect(puts).toEqual([]);
    expect(deletes).toHaveLength(5);
  });

  it('are written once where an old look and a new one have a band in common', () => {
    const { puts, deletes } = written(ready('0000000000000000'), ready('0000000000000001'));

    expect(puts).toHaveLength(5);
    expect(deletes).toHaveLength(1);
    const places = [...puts, ...deletes].map((item) => `${item?.pk} ${item?.sk}`);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('looking for resemblances', () => {
  it('asks bounded queries of one tenant, one for each value', async () => {
    const { db, ddb } = tableClient();
    const hash = '0123456789abcdef';
    ddb
      .on(QueryCommand)
      .resolves({ Items: [{ fileId: 'F2', ownerId: 'bob', perceptualHash: hash, kind: 'resemblance' }] });
    const bands = bandsWithin(hash, 9);

    const found = await createResemblances(db).resemblances('acme', bands);

    const asked = ddb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(asked).toHaveLength(bands.length);
    for (const { ExpressionAttributeValues, Limit, IndexName } of asked) {
      expect(String(ExpressionAttributeValues?.[':pk'])).toMatch(/^TENANT#acme#RESEMBLANCE#/);
      expect(Limit).toBe(400);
      expect(IndexName).toBeUndefined();
    }
    expect(found[0]).toEqual({ fileId: 'F2', ownerId: 'bob', perceptualHash: hash });
  });

  it('finds where a change has noted the picture', () => {
    const hash = 'fedcba9876543210';
    const places = written(unknown, ready(hash)).puts.map((item) => item?.pk);

    const asked = bandsOf(hash).map(({ band, value }) => `TENANT#acme#RESEMBLANCE#${band}#${value}`);

    expect(asked).toEqual(places);
  });
});
