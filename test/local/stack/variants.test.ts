import { KMSClient } from '@aws-sdk/client-kms';
import { paginateListFunctions } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { expect, inject, it } from 'vitest';
import { createLinkKeys } from '../../../lambdas/adapters/kms/link-keys.ts';
import { envNames } from '../../../lambdas/contract/env.ts';
import { derivedPrefix } from '../../../lambdas/contract/storage-keys.ts';
import { signLink } from '../../../lambdas/core/files/signed-link.ts';
import { localClientConfig } from '../../../local/aws-env.ts';
import { Api, type Call, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { problem } from '../../support/problem.ts';
import { createTenant } from '../../support/tenants.ts';
import { untilStatus, upload } from '../../support/uploads.ts';

const stack = inject('stack');
const engine = engineOf(stack);
const picture = photo({ width: 2_000, height: 1_500, quality: 80 });
const request = { path: '/', filename: 'sky.jpg', mimeType: 'image/jpeg' };

interface Links {
  readonly url: string;
  readonly expiresAt: string;
  readonly width: number;
  readonly height: number;
  readonly sources?: readonly Links[];
}

/** A tenant with a picture that is ready. */
async function tenantWithPicture() {
  const { api, tenantId } = await createTenant(engine);
  const fileId = await upload(api, request, await picture);
  await untilStatus(api, fileId, 'ready');
  return { api, tenantId, fileId };
}

/** As a browser asks, or curl without -L: where it is led. */
const ask = (path: string, accept: string, token?: string) =>
  fetch(`${stack.apiUrl}${path}`, {
    redirect: 'manual',
    headers: { accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });

async function led(answer: Response) {
  expect(answer.status).toBe(302);
  // No bearer: S3 takes one way of signing only.
  const bytes = await fetch(answer.headers.get('location') ?? '');
  expect(bytes.status).toBe(200);
  const body = Buffer.from(await bytes.arrayBuffer());
  const { width, height, format } = await sharp(body).metadata();
  return {
    type: bytes.headers.get('content-type'),
    size: `${width}x${height}`,
    format,
    headers: bytes.headers,
  };
}

const links = (api: Api, fileId: string, query: Call['query'] = {}) =>
  api.call<Links>('GET', `/storage/files/${fileId}/image/url`, { query });

/** The key that the function signs by, as its environment names it. */
async function linkKey(): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: engine.lambda }, {})) {
    for (const { Environment } of Functions) {
      const arn = Environment?.Variables?.[envNames.linkKey];
      if (arn) return arn;
    }
  }
  throw new Error('no function signs links');
}

async function variantsOf(tenantId: string, fileId: string) {
  const Prefix = `${derivedPrefix({ tenantId, fileId }, 'thumbnails')}variants/`;
  const { Contents = [] } = await engine.s3.send(
    new ListObjectsV2Command({ Bucket: stack.buckets.derived, Prefix }),
  );
  return Contents.map(({ Key, LastModified, ETag }) => ({
    name: Key?.slice(Prefix.length),
    version: `${LastModified?.toISOString()} ${ETag}`,
  }));
}

it('a picture is made at the first call, in the format that the client takes, and found by the next', async () => {
  const { api, tenantId, fileId } = await tenantWithPicture();
  const path = `/storage/files/${fileId}/image?w=600`;

  const first = await ask(path, 'image/avif,image/webp,*/*', api.token);
  expect(await led(first)).toMatchObject({ type: 'image/avif', size: '640x480' });
  expect(first.headers.get('cache-control')).toMatch(/^private, max-age=8[0-4]\d$/);
  expect(first.headers.get('vary')).toBe('Accept, Authorization');
  const made = await variantsOf(tenantId, fileId);
  expect(made.map(({ name }) => name)).toEqual(['v1/640x480q75.avif']);

  const again = await led(await ask(`${path}&q=70&fit=inside`, 'image/avif', api.token));
  expect(again).toMatchObject({ type: 'image/avif', size: '640x480' });
  expect(again.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  expect(again.headers.get('content-disposition')).toBe('inline; filename=sky-640x480.avif');
  expect(await variantsOf(tenantId, fileId)).toEqual(made);

  expect(await led(await ask(path, 'image/webp', api.token))).toMatchObject({
    format: 'webp',
    size: '640x480',
  });
  expect(await led(await ask(path, '*/*', api.token))).toMatchObject({ format: 'jpeg', size: '640x480' });
  const square = await ask(`/storage/files/${fileId}/image?w=3000&h=3000&fit=cover`, '*/*', api.token);
  expect(await led(square)).toMatchObject({ size: '1500x1500' });
});

it('many who ask for the same at once all get it', async () => {
  const { api, tenantId, fileId } = await tenantWithPicture();
  const path = `/storage/files/${fileId}/image?w=320&format=webp`;

  const answers = await Promise.all(Array.from({ length: 4 }, () => ask(path, '*/*', api.token)));

  for (const answer of answers) expect(await led(answer)).toMatchObject({ size: '320x240', format: 'webp' });
  expect(await variantsOf(tenantId, fileId)).toHaveLength(1);
});

it('a link opens the picture without a sign-in, and nothing else', async () => {
  const { api, fileId } = await tenantWithPicture();
  const other = await upload(api, { ...request, filename: 'b.jpg' }, await picture);
  await untilStatus(api, other, 'ready');
  const asked = { w: 300, h: 300, fit: 'cover', widths: '160,320' };

  const { url, expiresAt, width, sources = [] } = ok(await links(api, fileId, asked));
  expect(width).toBe(320);
  const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(2_640);
  expect(seconds).toBeLessThanOrEqual(3_600);

  expect(await led(await ask(url, 'image/webp'))).toMatchObject({ size: '320x320', format: 'webp' });
  expect(sources.map((source) => source.width)).toEqual([160, 320]);
  expect(await led(await ask(sources[0]?.url ?? '', '*/*'))).toMatchObject({
    size: '160x160',
    format: 'jpeg',
  });
  // What a link needs no bearer for, the API's own path does.
  expect((await ask(`/storage/files/${fileId}/image`, '*/*')).status).toBe(401);

  const changed = (name: string, value: string) => {
    const link = new URL(url, stack.apiUrl);
    link.searchParams.set(name, value);
    return `${link.pathname}${link.search}`;
  };
  const forged = [
    ...[changed('w', '2560'), changed('format', 'png'), changed('tenant', 'acme')],
    ...[
      changed('expires', String(Math.floor(Date.now() / 1000) + 3_599)),
      changed('signature', 'x'.repeat(43)),
    ],
    url.replace(fileId, other),
  ];
  const anybody = new Api(stack.apiUrl);
  for (const path of forged) problem(await anybody.call('GET', path), 403, 'forbidden');
});

it('a link that has ended opens nothing, however right its signature is', async () => {
  const { tenantId, fileId } = await tenantWithPicture();
  const kms = new KMSClient(localClientConfig(stack.endpoint));
  const linkOf = async (secondsAgo: number) => {
    const now = () => new Date(Date.now() - secondsAgo * 1000).toISOString();
    const deps = { keys: createLinkKeys(await linkKey(), kms), now, maxSeconds: 86_400 };
    const target = { purpose: 'image', tenantId, fileId, params: { w: '80' } } as const;
    const { expires, signature } = await signLink(deps, target, 60);
    return `/public/storage/files/${fileId}/image?tenant=${tenantId}&w=80&expires=${expires}&signature=${signature}`;
  };

  expect((await ask(await linkOf(0), '*/*')).status).toBe(302);
  problem(await new Api(stack.apiUrl).call('GET', await linkOf(61)), 403, 'forbidden');
});

it('a foreign file, a file without a picture and an unknown size are refused', async () => {
  const { fileId } = await tenantWithPicture();
  const { api } = await createTenant(engine);
  const image = (id: string, query: Call['query'] = {}) =>
    api.call('GET', `/storage/files/${id}/image`, { query });

  problem(await image(fileId), 404, 'not_found');
  problem(await links(api, fileId), 404, 'not_found');
  const archive = await upload(
    api,
    { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream' },
    Buffer.alloc(64, 7),
  );
  await untilStatus(api, archive, 'ready');
  problem(await image(archive), 415, 'type_not_allowed');
  problem(await image(archive, { w: 0 }), 400, 'validation_failed');
});

it('a purge removes the pictures, and no link of the file opens anything', async () => {
  const { api, tenantId, fileId } = await tenantWithPicture();
  const { url } = ok(await links(api, fileId, { w: 160 }));
  const { location } = Object.fromEntries((await ask(url, '*/*')).headers);
  expect(await variantsOf(tenantId, fileId)).toHaveLength(1);

  expect((await api.deleteFile(fileId, {})).status).toBe(204);
  problem(await new Api(stack.apiUrl).call('GET', url), 404, 'not_found');
  expect((await api.deleteFile(fileId)).status).toBe(204);

  problem(await new Api(stack.apiUrl).call('GET', url), 404, 'not_found');
  await eventually('the pictures are gone', async () => (await variantsOf(tenantId, fileId)).length === 0);
  expect((await fetch(location ?? '')).status).toBeGreaterThanOrEqual(403);
});
