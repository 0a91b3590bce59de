import { GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { commitSteps } from '../../../lambdas/adapters/dynamodb/commit.ts';
import { fileItem, versionItem } from '../../../lambdas/adapters/dynamodb/file-item.ts';
import { createFileStore } from '../../../lambdas/adapters/dynamodb/file-store.ts';
import { reserve, reserveSteps } from '../../../lambdas/adapters/dynamodb/reserve.ts';
import { createSweepStore } from '../../../lambdas/adapters/dynamodb/sweep-store.ts';
import { createVersionStore } from '../../../lambdas/adapters/dynamodb/version-store.ts';
import { keys } from '../../../lambdas/contract/table.ts';
import { type Change, move } from '../../../lambdas/core/files/change.ts';
import { contentFacts, keptVersion } from '../../../lambdas/core/files/content.ts';
import { eventOf } from '../../../lambdas/core/files/event.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import type { Reservation } from '../../../lambdas/core/ports.ts';
import { caller, file, session, startOfTime } from '../../support/domain.ts';
import { cancelled, reasonsWith, tableClient } from '../../support/table-client.ts';

const settings = { retryMs: 500, publishDelaySeconds: 120, inactivitySeconds: 900 };
const facts = { at: startOfTime, eventId: 'E' };
const { policy } = caller({ tenant: { tier: 'basic' } });

const stored = file({
  status: 'ready',
  accounting: 'used',
  size: 1_000,
  revision: 7,
  libraryKey: 'key-1',
  libraryVersionId: 'L1',
  replacement: { uploadId: 'U2', startedAt: startOfTime },
});
const replacement = (over: Partial<FileRecord> = {}): FileRecord =>
  file({ uploadId: 'U2', size: 300, version: 2, isReplacement: true, ...over });

const event = eventOf(replacement(), facts);
if (!event) throw new Error('an initiation is announced');
const reservation: Reservation = {
  file: replacement(),
  replaces: stored,
  session: session({ uploadId: 'U2', size: 300 }),
  event,
  policy,
  day: '2026-11-20',
  hour: '2026-11-20T12',
  idempotency: { key: 'K', bodyHash: 'H', expiresAt: '2026-11-21T12:00:00.000Z' },
};

type Step = ReturnType<typeof reserveSteps>[number]['step'];
const keyOf = ({ Put, Update, Delete }: Step) => Put?.Item ?? Update?.Key ?? Delete?.Key;
const find = (steps: readonly Step[], sk: string): Step =>
  steps.find((step) => keyOf(step)?.sk === sk) ?? ({} as Step);

describe('the reservation of a replacement', () => {
  const all = reserveSteps('Table', reservation, settings);
  const steps = all.map(({ step }) => step);

  it('touches each item once, and neither a name nor a folder', () => {
    const items = steps.map((step) => `${keyOf(step)?.pk} ${keyOf(step)?.sk}`);
    expect(new Set(items).size).toBe(items.length);
    expect(items.filter((item) => /NAME#|FOLDER#|PUBLIC/.test(item))).toEqual([]);
  });

  it('locks the file on the condition that it is still what was read', () => {
    expect(find(steps, 'FILE').Update).toMatchObject({
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: {
        ':revision': 7,
        ':replacement': { uploadId: 'U2', startedAt: startOfTime },
      },
    });
    expect(find(steps, 'REPLACEMENT').Put?.Item).toMatchObject({ uploadId: 'U2', isReplacement: true });
  });

  it('reserves bytes and a slot and no file, whatever the limit of files is', () => {
    const counters = steps.filter(({ Update }) => Update?.Key?.sk === 'COUNTER');
    expect(counters).toHaveLength(2);
    for (const { Update } of counters) {
      expect(Update?.ConditionExpression).not.toContain('maxFiles');
      expect(Update?.ExpressionAttributeValues).toMatchObject({
        ':committedBytes': 300,
        ':committedFiles': 0,
        ':reservedBytes': 300,
        ':reservedFiles': 0,
        ':openUploads': 1,
      });
    }
  });

  const outcomeWhenFails = async (indexes: readonly number[]) => {
    const { db, ddb } = tableClient();
    const reasons = all.map((_, index) => ({
      Code: indexes.includes(index) ? 'ConditionalCheckFailed' : 'None',
    }));
    ddb.on(TransactWriteCommand).rejects(cancelled(reasons));
    return (await reserve(db, settings)(reservation)).kind;
  };
  const index = steps.findIndex(({ Update }) => Update?.Key?.sk === 'FILE');

  it('says that the file changed, and that a repeat is one', async () => {
    expect(await outcomeWhenFails([index])).toBe('changed');
    expect(await outcomeWhenFails([index, all.length - 1])).toBe('repeated');
  });
});

describe('the transaction of a promotion', () => {
  const inspected = replacement({ status: 'inspecting', revision: 3, intakeVersionId: 'V' });
  const { set, clear } = contentFacts({ ...inspected, libraryKey: 'key-2', libraryVersionId: 'L2' });
  const promotion: Change = move(stored, 'stored', {
    ...facts,
    set: { ...set, version: 2, versionsBytes: 1_000 },
    clear: [...clear, 'replacement'],
    consumes: inspected,
    keeps: keptVersion(stored, startOfTime),
  });
  const steps = commitSteps('Table', promotion, settings).map(({ step }) => step);

  it('moves the content, keeps the old one and ends the replacement of exactly this upload', () => {
    const { Put } = find(steps, 'FILE');
    expect(Put?.Item).toMatchObject({
      size: 300,
      uploadId: 'U2',
      versionsBytes: 1_000,
      summary: { version: 2 },
    });
    expect(Put?.Item?.replacement).toBeUndefined();
    expect(find(steps, keys.version('acme', 'F1', 1).sk).Put?.Item).toMatchObject({
      size: 1_000,
      libraryVersionId: 'L1',
    });
    expect(find(steps, 'REPLACEMENT').Delete).toMatchObject({
      ConditionExpression: 'revision = :revision AND uploadId = :uploadId',
      ExpressionAttributeValues: { ':revision': 3, ':uploadId': 'U2' },
    });
  });

  it('turns what was reserved into use, and counts no file', () => {
    const counters = steps.filter(({ Update }) => Update?.Key?.sk === 'COUNTER');
    expect(counters).toHaveLength(2);
    for (const { Update } of counters) {
      expect(Update?.ExpressionAttributeValues).toMatchObject({
        ':committedBytes': 0,
        ':committedFiles': 0,
        ':reservedBytes': -300,
        ':reservedFiles': 0,
        ':openUploads': 0,
      });
    }
  });
});

describe('the end of a replacement that came to nothing', () => {
  const rejected = move(replacement({ status: 'inspecting', revision: 3 }), 'rejected', {
    ...facts,
    set: { reason: 'type_mismatch' },
  });
  const steps = commitSteps('Table', rejected, settings).map(({ step }) => step);

  it('tells the file, takes no name, and never meets another upload of the same revision', () => {
    expect(find(steps, 'FILE').Update).toMatchObject({
      ConditionExpression: 'replacement.uploadId = :uploadId',
      ExpressionAttributeValues: { ':as': 'rejected', ':reason': 'type_mismatch', ':uploadId': 'U2' },
    });
    expect(find(steps, 'REPLACEMENT').Put?.ConditionExpression).toContain('uploadId = :uploadId');
    expect(find(steps, 'NAME#photo.jpg')).toEqual({});
  });
});

describe('the record that an upload brings', () => {
  it('is found in the file when it was promoted between two reads', async () => {
    const { db, ddb } = tableClient();
    ddb
      .on(GetCommand, { Key: keys.file('acme', 'F1') })
      .resolvesOnce({ Item: fileItem(stored) })
      .resolves({ Item: fileItem({ ...stored, uploadId: 'U2', version: 2 }) });
    ddb.on(GetCommand, { Key: keys.replacement('acme', 'F1') }).resolves({});
    const ref = { tenantId: 'acme', fileId: 'F1', uploadId: 'U2' };
    expect(await createFileStore(db, settings).file(ref)).toMatchObject({ version: 2 });
    expect(await createFileStore(db, settings).file({ ...ref, uploadId: 'U9' })).toBeUndefined();
  });

  it('is found by its name, in its owner’s folders only', async () => {
    const { db, ddb } = tableClient();
    ddb.on(GetCommand).resolves({});
    const claim = keys.nameClaim('acme', 'alice', '/', 'photo.jpg');
    ddb.on(GetCommand, { Key: claim }).resolves({ Item: { ...claim, fileId: 'F1' } });
    ddb.on(GetCommand, { Key: keys.file('acme', 'F1') }).resolves({ Item: fileItem(stored) });
    const store = createFileStore(db, settings);
    const name = { path: '/', filename: 'photo.jpg' };
    expect(await store.named('acme', 'alice', name)).toEqual(stored);
    expect(await store.named('acme', 'bob', name)).toBeUndefined();
  });

  it('is put off by the sweep only while it is that upload’s', async () => {
    const { db, ddb } = tableClient();
    ddb.on(UpdateCommand).resolves({});
    await createSweepStore(db, 100).postponeFile(replacement({ revision: 2 }), startOfTime);
    expect(ddb.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      Key: keys.replacement('acme', 'F1'),
      ConditionExpression: 'revision = :revision AND uploadId = :uploadId',
    });
  });
});

describe('kept versions', () => {
  it('are read newest first, from below a number, within their file', async () => {
    const { db, ddb } = tableClient();
    const kept = keptVersion(stored, startOfTime);
    ddb.on(QueryCommand).resolves({ Items: [versionItem(kept)] });
    const ref = { tenantId: 'acme', fileId: 'F1' };
    expect(await createVersionStore(db).versions(ref, 12, 5)).toEqual([kept]);
    expect(ddb.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      ScanIndexForward: false,
      Limit: 5,
      ExpressionAttributeValues: {
        ':pk': keys.file('acme', 'F1').pk,
        ':last': keys.version('acme', 'F1', 11).sk,
      },
    });
  });
});

it('a promotion that somebody was faster at is looked at anew', async () => {
  const { db, ddb } = tableClient();
  const change = move(replacement({ status: 'uploaded' }), 'inspecting', facts);
  ddb.on(TransactWriteCommand).rejects(cancelled(reasonsWith(1, 0, { Code: 'ConditionalCheckFailed' })));
  expect(await createFileStore(db, settings).commit(change)).toBe('changed');
});
