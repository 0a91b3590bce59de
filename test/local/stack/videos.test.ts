import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { keys } from '../../../lambdas/contract/table.ts';
import { outputNames } from '../../../lambdas/core/video/encoded.ts';
import { rungNames } from '../../../lambdas/core/video/transcode-plan.ts';
import { ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { deadLetters, sendMessages, untilEmpty } from '../../support/pipeline.ts';
import { abortExecution, signalEncoder, untilExecutionsEnd } from '../../support/running-encoders.ts';
import { createTenant, noUsage, type TestTenant, usageOf } from '../../support/tenants.ts';
import { download, eventsOf, untilStatus, upload, versionsOf } from '../../support/uploads.ts';
import { type VideoSource, videoSource } from '../../support/video-sources.ts';

const engine = engineOf(inject('stack'));
const presets = ['large', 'medium', 'preview', 'small'];

const types: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
};
const bytesOf = (source: VideoSource): Buffer => readFileSync(videoSource(source));

const send = ({ api }: TestTenant, source: VideoSource): Promise<string> => {
  const filename = basename(videoSource(source));
  const mimeType = types[filename.split('.').at(-1) ?? ''];
  return upload(api, { path: '/', filename, ...(mimeType && { mimeType }) }, bytesOf(source));
};

const ready = async (tenant: TestTenant, source: VideoSource) =>
  untilStatus(tenant.api, await send(tenant, source), 'ready');

type Renditions = readonly { readonly name: string; readonly status: string }[];
const names = (renditions: Renditions, status = 'ready'): string[] =>
  renditions
    .filter((each) => each.status === status)
    .map(({ name }) => name)
    .sort();

/** Names of what lies in the folders `videos` of the tenant. */
const outputsOf = async ({ tenantId }: TestTenant): Promise<string[]> =>
  (await versionsOf(engine, 'derived', tenantId))
    .filter((key) => key.includes('/videos/'))
    .map((key) => basename(key))
    .sort();

const item = async (key: { pk: string; sk: string }) =>
  (await engine.db.send(new GetCommand({ TableName: engine.stack.tableName, Key: key }))).Item;

/** Seconds of output that the tenant has been charged this month. */
const chargedTo = async ({ tenantId }: TestTenant): Promise<number> => {
  const month = new Date().toISOString().slice(0, 7);
  return Number((await item(keys.transcodeMonth(tenantId, month)))?.seconds ?? 0);
};

/** The worker lets a percent through only so long after the one before. */
const percentEveryMs = 3_000;
const encodesForMs = 300;

/** So short a source is soon encoded: its encoder is held whenever somebody looks. */
async function progressWhileEncoding({ api }: TestTenant, fileId: string): Promise<number[]> {
  const progress = async () => ok(await api.status(fileId)).progress;
  const encoder = await signalEncoder('SIGSTOP');
  const atFirst = await progress();
  const later = await eventually('the status tells how far the encoder is', async () => {
    process.kill(encoder, 'SIGCONT');
    await sleep(encodesForMs);
    process.kill(encoder, 'SIGSTOP');
    await sleep(percentEveryMs);
    const seen = await progress();
    return seen > atFirst && seen;
  });
  process.kill(encoder, 'SIGCONT');
  return [atFirst, later];
}

const original = async ({ api }: TestTenant, fileId: string): Promise<Buffer> =>
  (await download(ok(await api.downloadUrl(fileId)).url)).bytes;

let lettersBefore = 0;
beforeAll(async () => {
  lettersBefore = await deadLetters(engine);
});
afterAll(async () => {
  expect(await deadLetters(engine)).toBe(lettersBefore);
});

describe('a video', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await createTenant(engine);
  });

  it('becomes a ladder, a poster, a clip, a stream and the presets, and tells how far it is meanwhile', async () => {
    const fileId = await send(tenant, 'landscape');
    const [atFirst = 0, later = 0] = await progressWhileEncoding(tenant, fileId);
    const { media, renditions } = await untilStatus(tenant.api, fileId, 'ready');

    expect(atFirst).toBeGreaterThan(0);
    expect(later).toBeGreaterThan(atFirst);
    expect(later).toBeLessThan(100);
    expect(media).toMatchObject({
      width: 1920,
      height: 1080,
      duration: expect.closeTo(2.4, 1),
    });
    expect(names(renditions)).toEqual([...presets, ...rungNames, 'clip', 'poster', 'stream'].sort());
    const small = await download(ok(await tenant.api.downloadUrl(fileId, { rendition: 'small' })).url);
    expect(await sharp(small.bytes).metadata()).toMatchObject({
      width: 150,
      height: 150,
    });
    const rung = await download(ok(await tenant.api.downloadUrl(fileId, { rendition: '360p' })).url);
    expect(rung.headers.get('content-type')).toBe('video/mp4');
    expect(rung.bytes.subarray(4, 8).toString()).toBe('ftyp');
    expect(await outputsOf(tenant)).toEqual(
      [
        ...['clip.mp4', 'poster.jpg', 'sprite-1.jpg', 'stream.json', outputNames.track('audio')],
        ...rungNames.flatMap((name) => [outputNames.rung(name), outputNames.track(name)]),
      ].sort(),
    );
    const types = await eventsOf(tenant.api, fileId);
    expect(types.filter((type) => type === 'file.ready')).toHaveLength(1);
  });

  it('without sound has a stream without sound', async () => {
    const { renditions } = await ready(await createTenant(engine), 'silent');

    expect(names(renditions)).toEqual([...presets, '360p', 'clip', 'poster', 'stream'].sort());
  });
});

it('a recording without pictures becomes AAC and a waveform', async () => {
  const tenant = await createTenant(engine);

  const { media, renditions } = await ready(tenant, 'mp3');

  expect(media?.duration).toBeCloseTo(2, 0);
  expect(names(renditions)).toEqual(['audio', 'waveform']);
  expect(await outputsOf(tenant)).toEqual(['audio.m4a', 'waveform.json']);
});

describe('what nothing can be made of', () => {
  let tenant: TestTenant;
  beforeAll(async () => {
    tenant = await createTenant(engine);
  });

  it.each([
    ['corruptMp4', 'malformed'],
    ['truncatedMp4', 'malformed'],
    ['unsupported', 'unsupported_codec'],
  ] as const)('%s fails as %s, costs nothing and can still be downloaded', async (source, reason) => {
    const fileId = await send(tenant, source);

    const failed = await untilStatus(tenant.api, fileId, 'failed');

    expect(failed.reason).toBe(reason);
    expect(names(failed.renditions, 'failed')).toEqual(presets);
    expect((await original(tenant, fileId)).equals(bytesOf(source))).toBe(true);
    expect(await outputsOf(tenant)).toEqual([]);
    expect(await chargedTo(tenant)).toBe(0);
  });

  it('words with the name of a video never get that far: the inspection refuses them', async () => {
    const { reason } = await untilStatus(tenant.api, await send(tenant, 'text'), 'rejected');

    expect(reason).toBe('type_mismatch');
  });

  it('a video beyond the month of its tenant says so, and can still be downloaded', async () => {
    const poor = await createTenant(engine, {
      policy: { transcodeMinutesPerMonth: 0 },
    });
    const fileId = await send(poor, 'short');

    const { reason } = await untilStatus(poor.api, fileId, 'failed');

    expect(reason).toBe('budget_exceeded');
    expect((await original(poor, fileId)).equals(bytesOf('short'))).toBe(true);
    expect(await chargedTo(poor)).toBe(0);
  });
});

/** The worker's message for the file once more, as the sweep or SQS may bring it. */
const sendAgain = async ({ tenantId }: TestTenant, fileId: string): Promise<void> => {
  await sendMessages(engine, 'Videos', [JSON.stringify({ tenantId, fileId, version: 1 })]);
  await untilEmpty(engine, 'Videos');
};

/** One rung, all that goes with it, and nothing twice; made by that attempt, charged and announced once. */
const expectMadeOnce = async (tenant: TestTenant, fileId: string, attempt: number): Promise<void> => {
  const { renditions } = await untilStatus(tenant.api, fileId, 'ready');
  expect(names(renditions)).toEqual([...presets, '360p', 'clip', 'poster', 'stream'].sort());
  expect(await outputsOf(tenant)).toEqual(
    [
      ...['360p.mp4', 'clip.mp4', outputNames.track('360p'), outputNames.track('audio')],
      ...['poster.jpg', 'sprite-1.jpg', 'stream.json'],
    ].sort(),
  );
  const transcode = await item(keys.transcode(tenant.tenantId, fileId, 1));
  expect(transcode?.attempt).toBe(attempt);
  expect(transcode?.charge.seconds).toBeGreaterThan(0);
  expect(await chargedTo(tenant)).toBe(transcode?.charge.seconds);
  const events = await eventsOf(tenant.api, fileId);
  expect(events.filter((type) => type === 'file.ready')).toHaveLength(1);
};

describe('an encoder', () => {
  it('that is killed is followed by one that ends; a message that comes again meanwhile starts none', async () => {
    const tenant = await createTenant(engine);
    const fileId = await send(tenant, 'film');
    const encoder = await signalEncoder('SIGSTOP');
    await sendAgain(tenant, fileId);
    process.kill(encoder, 'SIGKILL');

    await expectMadeOnce(tenant, fileId, 1);
  });

  it('whose execution is aborted is followed by another attempt when the message comes again', async () => {
    const tenant = await createTenant(engine);
    const fileId = await send(tenant, 'short');
    const encoder = await signalEncoder('SIGSTOP');
    await abortExecution(engine, fileId);
    await sendAgain(tenant, fileId);
    process.kill(encoder, 'SIGCONT');

    await expectMadeOnce(tenant, fileId, 2);
  });

  it('whose video is deleted meanwhile leaves nothing', async () => {
    const tenant = await createTenant(engine);
    const fileId = await send(tenant, 'film');
    const encoder = await signalEncoder('SIGSTOP', 'writing');
    expect((await tenant.api.deleteFile(fileId)).status).toBe(204);
    await untilEmpty(engine, 'Purge');
    process.kill(encoder, 'SIGCONT');
    await untilExecutionsEnd(engine, fileId);

    await eventually('no bytes are left in any bucket', async () => {
      const left = await Promise.all(
        (['intake', 'library', 'derived'] as const).map((bucket) =>
          versionsOf(engine, bucket, tenant.tenantId),
        ),
      );
      return left.flat().length === 0;
    });
    expect(await usageOf(tenant.api)).toEqual(noUsage);
  });
});
