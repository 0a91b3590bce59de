import { expect, inject, it } from 'vitest';
import { type Api, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { problem } from '../../support/problem.ts';
import { createTenant } from '../../support/tenants.ts';
import { octets, plainText, randomBytesOf, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

const download = async (api: Api, id: string, query: Record<string, string | number> = {}, headers = {}) => {
  const { url } = ok(await api.downloadUrl(id, query));
  return fetch(url, { headers });
};

async function stored(body: ReturnType<typeof octets>, bytes: Buffer) {
  const { api } = await createTenant(engine);
  const fileId = await upload(api, body, bytes);
  await untilStatus(api, fileId, 'ready');
  return { api, fileId };
}

it('answers ranges as a resumed download and a player ask for them', async () => {
  const bytes = randomBytesOf(1_000);
  const { api, fileId } = await stored(octets(bytes.length), bytes);
  const range = (value: string) => download(api, fileId, {}, { range: value });

  for (const [asked, first, last] of [
    ['bytes=0-99', 0, 99],
    ['bytes=900-', 900, 999],
    ['bytes=-10', 990, 999],
    ['bytes=990-5000', 990, 999],
  ] as const) {
    const answer = await range(asked);
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/1000`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes.subarray(first, last + 1));
    expect(answer.headers.get('content-disposition')).toContain('attachment');
  }
  const beyond = await range('bytes=1000-');
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get('content-range')).toBe('bytes */1000');
  const whole = await range('bytes=5-1');
  expect(whole.status).toBe(200);
  expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes);
});

it('starts again where the content is not the one that the range was begun with', async () => {
  const bytes = randomBytesOf(100);
  const { api, fileId } = await stored(octets(bytes.length), bytes);
  const etag = (await download(api, fileId)).headers.get('etag') ?? '';

  const same = await download(api, fileId, {}, { range: 'bytes=50-', 'if-range': etag });
  const other = await download(api, fileId, {}, { range: 'bytes=50-', 'if-range': '"other"' });

  expect(same.status).toBe(206);
  expect(other.status).toBe(200);
  expect((await other.arrayBuffer()).byteLength).toBe(100);
});

// What would break out of a quoted string, a header line or a path, and what ASCII cannot say.
it.each([
  ['quotes "and" \\ no more.txt'.replace('\\', "'")],
  ['semi;colon=name, comma.txt'],
  ['100%25 sure%0d%0aSet-Cookie.txt'],
  ["l'été — 夏 🌞.txt"],
  ['trailing dots...txt'],
  ['<script>alert(1)</script>.txt'.replace('/', '-')],
])('gives back the name %s, and nothing else with it', async (filename) => {
  const text = 'x';
  const { api, fileId } = await stored(plainText(text, { filename }), Buffer.from(text));
  const answer = await download(api, fileId);

  const disposition = answer.headers.get('content-disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1];
  const quoted = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1');
  const token = /filename=([^";]+)$/.exec(disposition)?.[1];
  expect(extended ? decodeURIComponent(extended) : (quoted ?? token)).toBe(filename);
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(disposition.startsWith('attachment')).toBe(true);
});

it('shows inline only what a browser cannot run, and text only with its encoding', async () => {
  const text = 'größer';
  const { api, fileId } = await stored(plainText(text), Buffer.from(text));
  const shown = await download(api, fileId, { disposition: 'inline' });
  expect(shown.headers.get('content-disposition')).toMatch(/^inline/);
  expect(shown.headers.get('content-type')).toBe('text/plain; charset=utf-8');

  const other = await stored(octets(10), randomBytesOf(10));
  const saved = await download(other.api, other.fileId, { disposition: 'inline' });
  expect(saved.headers.get('content-disposition')).toMatch(/^attachment/);
});

it('of a rendition has its own type and name, and may be kept for a year', async () => {
  const picture = await photo({ width: 400, height: 300, quality: 80 });
  const { api, fileId } = await stored({ path: '/', filename: 'sea.jpg', mimeType: 'image/jpeg' }, picture);
  const [first] = ok(await api.file(fileId)).renditions.filter(({ status }) => status === 'ready');
  if (!first) throw new Error('no rendition is ready');
  const answer = await download(api, fileId, { rendition: first.name, disposition: 'inline' });

  expect(answer.headers.get('content-type')).toBe(first.mimeType);
  expect(answer.headers.get('content-disposition')).toMatch(
    new RegExp(`^inline; filename=sea-${first.name}\\.`),
  );
  expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  problem(await api.downloadUrl(fileId, { rendition: 'huge' }), 404, 'not_found');
});

it('of a kept version has the bytes of that version', async () => {
  const { api, fileId } = await stored(plainText('first', { filename: 'a.txt' }), Buffer.from('first'));
  const again = plainText('second', { filename: 'a.txt', onConflict: 'replace' });
  expect(await upload(api, again, Buffer.from('second'))).toBe(fileId);
  await expect.poll(async () => ok(await api.file(fileId)).version, { timeout: 30_000 }).toBe(2);
  await untilStatus(api, fileId, 'ready');

  const textOf = async (query: Record<string, number>) => (await download(api, fileId, query)).text();
  expect(await textOf({})).toBe('second');
  expect(await textOf({ version: 2 })).toBe('second');
  expect(await textOf({ version: 1 })).toBe('first');
  problem(await api.downloadUrl(fileId, { version: 3 }), 404, 'not_found');
  problem(await api.downloadUrl(fileId, { version: 0 }), 400, 'validation_failed');
});

it('ends when it was asked to end, within its bounds', async () => {
  const { api, fileId } = await stored(plainText('x'), Buffer.from('x'));
  for (const seconds of [60, 3_600]) {
    const { url, expiresAt } = ok(await api.downloadUrl(fileId, { expirationSeconds: seconds }));
    const signed = Number(new URL(url).searchParams.get('X-Amz-Expires'));
    // Never longer than the credentials that signed it, which live an hour.
    expect(signed).toBeLessThanOrEqual(seconds);
    expect(signed).toBeGreaterThan(Math.min(seconds - 1, 600));
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + seconds * 1000);
  }
  const { url } = ok(await api.downloadUrl(fileId, { expirationSeconds: 86_400 }));
  expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(3_600);
  for (const seconds of [59, 86_401]) {
    problem(await api.downloadUrl(fileId, { expirationSeconds: seconds }), 400, 'validation_failed');
  }
});

it('the answers of the API are neither kept, nor sniffed, nor run, nor framed', async () => {
  const { api } = await createTenant(engine);
  for (const answer of [await api.files(), await api.file('nothing'), await api.call('GET', '/nothing')]) {
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'; sandbox",
    );
  }
});
