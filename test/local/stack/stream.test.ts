import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { beforeAll, expect, inject, it } from 'vitest';
import { parseMediaPlaylist } from '../../../lambdas/core/video/media-playlist.ts';
import { type Api, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { checkHls } from '../../support/hls-checker.ts';
import { problem } from '../../support/problem.ts';
import { changeUser, createTenant, type TestTenant } from '../../support/tenants.ts';
import { readyText, untilStatus, upload } from '../../support/uploads.ts';
import { videoSource } from '../../support/video-sources.ts';

const stack = inject('stack');
const engine = engineOf(stack);

let tenant: TestTenant;
let fileId: string;

beforeAll(async () => {
  tenant = await createTenant(engine, { roles: ['user', 'user'] });
  const request = { path: '/', filename: 'film.MP4', mimeType: 'video/mp4' };
  fileId = await upload(tenant.api, request, readFileSync(videoSource('anamorphic')));
  await untilStatus(tenant.api, fileId, 'ready');
}, 120_000);

const colleague = () => {
  const [, bob] = tenant.users;
  if (!bob) throw new Error('the tenant lacks users');
  return bob;
};

const entryOf = async (api: Api): Promise<string> => {
  const answer = await api.call<{ url: string }>('GET', `/storage/files/${fileId}/stream/url`);
  return `${stack.apiUrl}${ok(answer).url}`;
};

/** As players load it: without a sign-in. */
async function load(url: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const beside = (url: string, name: string): string => url.replace('master.m3u8', name);

const ranged = (url: string, { offset, bytes }: { offset: number; bytes: number }, origin?: string) =>
  fetch(url, {
    headers: { range: `bytes=${offset}-${offset + bytes - 1}`, ...(origin !== undefined && { origin }) },
  });

it('a player gets from the entry to every byte of every quality, by ranges of one object each', async () => {
  const led = await fetch(`${stack.apiUrl}/storage/files/${fileId}/stream`, {
    redirect: 'manual',
    headers: { authorization: `Bearer ${tenant.api.token}` },
  });
  expect(led.status).toBe(302);
  const entry = new URL(led.headers.get('location') ?? '', stack.apiUrl).href;

  const master = await load(entry);
  expect(master.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
  expect(master.headers.get('cache-control')).toBe('no-store');
  const sizes = [...master.text.matchAll(/RESOLUTION=(\d+x\d+)/g)].map(([, size]) => size);
  expect(sizes.sort()).toEqual(['1024x576', '640x360', '854x480']);

  expect(await checkHls(entry)).toEqual([]);

  const media = await load(beside(entry, '480p.m3u8'), { 'accept-encoding': 'gzip' });
  expect(media.headers.get('content-encoding')).toBe('gzip');
  const { uri, segments } = parseMediaPlaylist(media.text);
  const [segment] = segments;
  if (!segment) throw new Error('the playlist has no segments');
  const part = await ranged(uri, segment);
  expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, segment.bytes]);
  expect(part.headers.get('content-type')).toBe('video/mp4');
});

it('another implementation plays it to its end', async () => {
  const counting = ['-count_frames', '-show_entries', 'stream=codec_name,nb_read_frames', '-of', 'json'];
  const { stdout } = await promisify(execFile)('ffprobe', [
    '-v',
    'error',
    ...counting,
    await entryOf(tenant.api),
  ]);

  const { streams } = JSON.parse(stdout) as { streams: { codec_name: string; nb_read_frames: string }[] };
  const pictures = streams.filter(({ codec_name }) => codec_name === 'h264');
  expect(pictures.map(({ nb_read_frames }) => Number(nb_read_frames))).toEqual([25, 25, 25]);
  expect(streams.filter(({ codec_name }) => codec_name === 'aac')).not.toEqual([]);
});

it('its thumbnails are parts of sheets that are there', async () => {
  const { text, headers } = await load(beside(await entryOf(tenant.api), 'thumbnails.vtt'));

  expect(headers.get('content-type')).toBe('text/vtt; charset=utf-8');
  const [, url = '', box = ''] = /\n(http\S+)#xywh=([\d,]+)/.exec(text) ?? [];
  const [x = 0, y = 0, width = 0, height = 0] = box.split(',').map(Number);
  const sheet = await sharp(Buffer.from(await (await fetch(url)).arrayBuffer())).metadata();
  expect([x, y]).toEqual([0, 0]);
  expect(width).toBeLessThanOrEqual(sheet.width);
  expect(height).toBeLessThanOrEqual(sheet.height);
});

it('pages that are configured may fetch ranges by script, and others may not', async () => {
  const { text } = await load(beside(await entryOf(tenant.api), '360p.m3u8'));
  const { uri, init } = parseMediaPlaylist(text);

  const ours = await ranged(uri, init, 'http://localhost:4000');
  expect(ours.headers.get('access-control-allow-origin')).toBe('http://localhost:4000');
  const theirs = await ranged(uri, init, 'https://elsewhere.example');
  expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
});

it('a link ends with the share and with the user that it was given by', async () => {
  const bob = colleague();
  problem(await bob.api.call('GET', `/storage/files/${fileId}/stream/url`), 404, 'not_found');
  ok(await tenant.api.share(fileId, bob.userId));
  const entry = await entryOf(bob.api);
  expect((await load(entry)).status).toBe(200);

  await changeUser(engine, tenant.tenantId, bob.userId, { status: 'inactive' });
  expect(JSON.parse((await load(entry)).text)).toMatchObject({ status: 403, code: 'user_inactive' });
  await changeUser(engine, tenant.tenantId, bob.userId, { status: 'active' });
  expect((await load(beside(entry, '480p.m3u8'))).status).toBe(200);

  expect((await tenant.api.endShare(fileId, bob.userId)).status).toBe(204);
  for (const name of ['master.m3u8', '480p.m3u8', 'thumbnails.vtt']) {
    expect(JSON.parse((await load(beside(entry, name))).text)).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  }
});

it('a changed link opens nothing, and neither does one to what has no stream', async () => {
  const entry = await entryOf(tenant.api);
  const changes = { user: colleague().userId, tenant: 'acme', version: '2', signature: 'A'.repeat(43) };
  for (const [name, value] of Object.entries(changes)) {
    const link = new URL(entry);
    link.searchParams.set(name, value);
    expect(JSON.parse((await load(link.href)).text), name).toMatchObject({ status: 403, code: 'forbidden' });
  }
  const text = await readyText(tenant.api);
  problem(await tenant.api.call('GET', `/storage/files/${text}/stream`), 415, 'type_not_allowed');
});
