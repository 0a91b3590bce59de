import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import { expect, inject, it } from 'vitest';
import { type Api, ok } from '../../support/api.ts';
import { zip } from '../../support/archives.ts';
import { engineOf } from '../../support/engine.ts';
import { drawingLike, photoLike } from '../../support/pictures.ts';
import { problem } from '../../support/problem.ts';
import { mp3 } from '../../support/recordings.ts';
import { createTenant } from '../../support/tenants.ts';
import { download, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

async function store(api: Api, filename: string, mimeType: string, bytes: Buffer): Promise<string> {
  const fileId = await upload(api, { path: '/', filename, mimeType, size: bytes.length }, bytes);
  await untilStatus(api, fileId, 'ready');
  return fileId;
}

interface Similar {
  readonly files: readonly { readonly file: { readonly id: string }; readonly distance: number }[];
}

const similar = async (api: Api, fileId: string, query = {}): Promise<readonly string[]> =>
  ok(await api.call<Similar>('GET', `/storage/files/${fileId}/similar`, { query })).files.map(
    ({ file: { id } }) => id,
  );

it('a picture has a placeholder and a category in listings too, and its copies are found until they are deleted', async () => {
  const { users } = await createTenant(engine, { roles: ['user', 'user'] });
  const [alice, bob] = users;
  if (!bob) throw new Error('the tenant lacks a colleague');
  const original = await photoLike(71).png().toBuffer();
  const copy = await sharp(original).resize({ width: 320 }).jpeg({ quality: 60 }).toBuffer();
  const jpeg = { type: 'image/jpeg', bytes: await photoLike(72).jpeg().toBuffer() };
  const [first, second, , , foreign] = await Promise.all([
    store(alice.api, 'first.png', 'image/png', original),
    store(alice.api, 'copy.jpg', 'image/jpeg', copy),
    store(alice.api, 'another.jpg', jpeg.type, jpeg.bytes),
    store(alice.api, 'logo.png', 'image/png', await drawingLike(3).png().toBuffer()),
    store(bob.api, 'mine.jpg', 'image/jpeg', copy),
  ]);

  const listed = ok(await alice.api.files({ category: 'photo' })).files;
  expect(listed.map(({ filename }) => filename).sort()).toEqual(['another.jpg', 'copy.jpg', 'first.png']);
  expect(ok(await alice.api.file(first)).category).toBe('photo');
  const placeholder = listed.find(({ id }) => id === first)?.media?.placeholder ?? '';
  const { w, h } = thumbHashToRGBA(Buffer.from(placeholder, 'base64'));
  expect(w / h).toBeCloseTo(4 / 3, 0);

  expect(await similar(alice.api, first)).toEqual([second]);
  expect(await similar(bob.api, foreign)).toEqual([]);
  problem(await bob.api.call('GET', `/storage/files/${first}/similar`), 404, 'not_found');
  problem(
    await alice.api.call('GET', `/storage/files/${first}/similar`, { query: { maxDistance: 10 } }),
    400,
    'validation_failed',
  );

  ok(await bob.api.share(foreign, alice.userId));
  expect([...(await similar(alice.api, first))].sort()).toEqual([second, foreign].sort());
  expect((await alice.api.deleteFile(second, {})).status).toBe(204);
  expect(await similar(alice.api, first)).toEqual([foreign]);
});

it('a recording tells its length and tags, and shows its cover', async () => {
  const { api } = await createTenant(engine);
  const cover = { bytes: await photoLike(73).jpeg().toBuffer(), mimeType: 'image/jpeg' };
  const song = mp3(7, { title: 'Ode', artist: 'Ludwig', album: 'Ninth', year: '1824', cover });

  const fileId = await store(api, 'ode.mp3', 'audio/mpeg', song);

  const file = ok(await api.file(fileId));
  expect(file).toMatchObject({
    category: 'audio',
    media: {
      duration: expect.closeTo(7, 0),
      placeholder: expect.any(String),
      details: { title: 'Ode', artist: 'Ludwig', album: 'Ninth', year: 1824, bitrate: 128_000, channels: 2 },
      text: { excerpt: 'Ode\nLudwig\nNinth' },
    },
  });
  const { url } = ok(await api.downloadUrl(fileId, { rendition: 'small' }));
  const { width, height } = await sharp((await download(url)).bytes).metadata();
  expect([width, height]).toEqual([150, 150]);
});

it('an archive tells what it holds', async () => {
  const { api } = await createTenant(engine);
  const bytes = zip([
    { name: 'letters/', content: '' },
    { name: 'letters/an Mütter.txt', content: 'Dear mother', deflate: true },
  ]);

  const fileId = await store(api, 'letters.zip', 'application/zip', bytes);

  expect(ok(await api.file(fileId))).toMatchObject({
    category: 'archive',
    media: {
      details: { entries: 2, unpackedBytes: 11, names: ['letters/an Mütter.txt'] },
      text: { excerpt: 'letters/an Mütter.txt' },
    },
  });
  expect(ok(await api.files({ category: 'archive' })).files.map(({ id }) => id)).toEqual([fileId]);
});
