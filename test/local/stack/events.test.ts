import { expect, inject, it } from 'vitest';
import { type FileRecord, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import {
  deadLetters,
  repeatedAndShuffled,
  sendMessages,
  takeMessages,
  untilEmpty,
  whilePaused,
} from '../../support/pipeline.ts';
import { createTenant, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  download,
  eventsOf,
  MiB,
  octets,
  randomBytesOf,
  untilStatus,
  upload,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const times = 3;

it('every S3 event three times and shuffled: one promotion, one set of renditions, quota moved once', async () => {
  const { api, tenantId } = await createTenant(engine);
  const deadBefore = await deadLetters(engine);
  const picture = (width: number) => photo({ width, height: 600, quality: 80 });
  const images = [await picture(800), await picture(900), await picture(1000)];
  const others = [randomBytesOf(1_000), randomBytesOf(6 * MiB), Buffer.alloc(0)];

  const ids: string[] = [];
  await whilePaused(engine, 'Images', async () => {
    await whilePaused(engine, 'Inspect', async () => {
      await whilePaused(engine, 'Intake', async () => {
        for (const [index, bytes] of images.entries()) {
          ids.push(await upload(api, { path: '/', filename: `${index}.jpg`, mimeType: 'image/jpeg' }, bytes));
        }
        for (const bytes of others) ids.push(await upload(api, octets(bytes.length), bytes));
        // The very notifications of S3, caught before anybody saw them.
        const s3Events = await takeMessages(engine, 'Intake', tenantId, ids.length);
        expect(s3Events).toHaveLength(ids.length);
        await sendMessages(engine, 'Intake', repeatedAndShuffled(s3Events, times));
      });
      // Not promoted yet, so that every repetition is sent on: better twice than never.
      const inspections = await takeMessages(engine, 'Inspect', tenantId, times * ids.length);
      await sendMessages(engine, 'Inspect', repeatedAndShuffled(inspections, times));
    });
    await untilEmpty(engine, 'Inspect');
    const renderings = await takeMessages(engine, 'Images', tenantId, images.length);
    await sendMessages(engine, 'Images', repeatedAndShuffled(renderings, times));
  });
  const files: FileRecord[] = [];
  for (const id of ids) files.push(await untilStatus(api, id, 'ready'));
  await untilEmpty(engine, 'Images');

  expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(ids.length);
  expect(await versionsOf(engine, 'derived', tenantId)).toHaveLength(4 * images.length);
  expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);
  expect(await usageOf(api)).toEqual(storedUsage(...[...images, ...others].map((bytes) => bytes.length)));
  for (const [index, { id }] of files.entries()) {
    const processing = index < images.length ? ['file.processing'] : [];
    expect(await eventsOf(api, id)).toEqual([
      'file.initiated',
      'file.uploaded',
      'file.stored',
      ...processing,
      'file.ready',
    ]);
    const { bytes } = await download(ok(await api.downloadUrl(id)).url);
    expect(bytes.equals([...images, ...others][index] as Buffer)).toBe(true);
  }

  const settled = await Promise.all(files.map(async ({ id }) => ok(await api.file(id))));
  await lateRepetition(tenantId, files);
  expect(await Promise.all(files.map(async ({ id }) => ok(await api.file(id))))).toEqual(settled);
  expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(ids.length);
  expect(await deadLetters(engine)).toBe(deadBefore);
});

/** The pipeline's own messages once more, when everything is long done. */
async function lateRepetition(tenantId: string, files: readonly FileRecord[]): Promise<void> {
  const refs = files.map(({ id, version }) => JSON.stringify({ tenantId, fileId: id, version }));
  await sendMessages(engine, 'Images', refs);
  await untilEmpty(engine, 'Images');
}

it('what is no upload of ours in the intake queue is passed over', async () => {
  const deadBefore = await deadLetters(engine);
  const foreign = { s3: { bucket: { name: 'other' }, object: { key: 'a+b/c%2F..', versionId: 'v' } } };

  await sendMessages(engine, 'Intake', [
    JSON.stringify({ Event: 's3:TestEvent', Service: 'Amazon S3', Bucket: 'intake' }),
    JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', ...foreign }] }),
    JSON.stringify({ Records: [{ eventName: 'ObjectRemoved:Delete', ...foreign }] }),
    JSON.stringify({ Records: [] }),
  ]);

  await untilEmpty(engine, 'Intake');
  expect(await deadLetters(engine)).toBe(deadBefore);
});
