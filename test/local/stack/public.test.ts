import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { createRateLimiter } from '../../../lambdas/adapters/dynamodb/rate-limiter.ts';
import { localEdgeSecret } from '../../../lambdas/contract/env.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { Api, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { problem } from '../../support/problem.ts';
import { changeTenant, createTenant } from '../../support/tenants.ts';
import { plainText, untilStatus, upload } from '../../support/uploads.ts';

const stack = inject('stack');
const engine = engineOf(stack);
/** API Gateway itself, which on AWS the edge calls. */
const gatewayUrl = `${stack.endpoint}/_aws/execute-api/${stack.apiId}/$default`;

/** The API as the edge calls it, for a viewer at an address of the test's own: addresses have few calls a minute. */
const viewer = (country?: string) => {
  const headers = {
    'x-sluice-edge-secret': localEdgeSecret,
    'x-forwarded-for': `198.18.${randomInt(256)}.${randomInt(256)}`,
    ...(country && { 'cloudfront-viewer-country': country }),
  };
  const api = new Api(gatewayUrl);
  return (id: string, query: Record<string, string | number> = {}) => api.publicUrl(id, { headers, query });
};

const makePublic = (api: Api, id: string, isPublic: boolean) =>
  api.call('PUT', `/storage/files/${id}/visibility`, { body: { isPublic } });

it("a public image is anybody's until it is private again, by URLs that end", async () => {
  const { api } = await createTenant(engine);
  const publicUrl = viewer();
  const picture = await photo({ width: 64, height: 48, quality: 80 });
  const fileId = await upload(api, { path: '/', filename: 'sky.jpg', mimeType: 'image/jpeg' }, picture);
  await untilStatus(api, fileId, 'ready');
  problem(await publicUrl(fileId), 404, 'not_found');
  ok(await makePublic(api, fileId, true));

  const { url, expiresAt } = ok(await publicUrl(fileId, { expirationSeconds: 120 }));

  const answer = await fetch(url);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(picture);
  expect(answer.headers.get('content-type')).toBe('image/jpeg');
  expect(answer.headers.get('content-disposition')).toBe('inline; filename=sky.jpg');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000');
  const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(60);
  expect(seconds).toBeLessThanOrEqual(120);

  ok(await makePublic(api, fileId, false));
  problem(await publicUrl(fileId), 404, 'not_found');
});

it('everything that is not served answers exactly like what does not exist', async () => {
  const { api, tenantId } = await createTenant(engine);
  const publicUrl = viewer();
  const body = plainText('open');
  const fileId = await upload(api, { ...body, isPublic: true }, Buffer.from('open'));
  await untilStatus(api, fileId, 'ready');
  expect((await publicUrl(fileId)).status).toBe(200);
  const asked = async (id: string) => problem(await publicUrl(id), 404, 'not_found').detail;
  const missing = await asked('01ARZ3NDEKTSV4RRFFQ69G5FAV');

  const uploading = ok(await api.initiate({ ...plainText('soon'), isPublic: true })).fileId;
  expect(await asked(uploading)).toBe(missing);
  await changeTenant(engine, tenantId, { status: 'suspended' });
  expect(await asked(fileId)).toBe(missing);
  await changeTenant(engine, tenantId, { status: 'active' });
  expect((await api.deleteFile(fileId, {})).status).toBe(204);
  expect(await asked(fileId)).toBe(missing);
  expect((await api.deleteFile(fileId)).status).toBe(204);
  expect(await asked(fileId)).toBe(missing);
});

it('a tenant admits countries that the edge vouches for, to its API and to its public files', async () => {
  const { api, tenantId } = await createTenant(engine);
  const fileId = await upload(api, { ...plainText('here'), isPublic: true }, Buffer.from('here'));
  await untilStatus(api, fileId, 'ready');
  await changeTenant(engine, tenantId, { policy: { geoRestrictions: { allow: ['DE'] } } });

  expect((await viewer('DE')(fileId)).status).toBe(200);
  problem(await viewer('US')(fileId), 403, 'region_blocked');
  problem(await viewer()(fileId), 403, 'region_blocked');
  // Through the front, which drops what a client says of its country and is not set to any.
  const claim = { headers: { 'cloudfront-viewer-country': 'DE', 'x-sluice-edge-secret': localEdgeSecret } };
  problem(await api.publicUrl(fileId, claim), 403, 'region_blocked');
  problem(await api.call('GET', '/storage/files', claim), 403, 'region_blocked');
  const fromGermany = await new Api(gatewayUrl, api.token).call('GET', '/storage/files', {
    headers: { 'cloudfront-viewer-country': 'DE', 'x-sluice-edge-secret': localEdgeSecret },
  });
  expect(fromGermany.status).toBe(200);
});

it('one address has its calls a minute, and the answer says when to come again', async () => {
  const publicUrl = viewer();
  const { publicCallsPerAddressAndMinute: max } = defaultLimits.rates;
  const asked = async () => {
    const answer = await publicUrl('nobody');
    const retryAfterSeconds = Number(answer.headers.get('retry-after'));
    // The second that all addresses share: a bound of its own.
    if (answer.status === 429 && retryAfterSeconds <= 1) await setTimeout(1_000);
    return { answer, ofAddress: answer.status === 429 && retryAfterSeconds > 1, retryAfterSeconds };
  };
  let admitted = 0;
  let last = await asked();
  // Twice the bound and one more: refused even where the minute turns in between.
  for (let left = max * 2 + 1; left > 0 && !last.ofAddress; left -= 1) {
    if (last.answer.status === 404) admitted += 1;
    last = await asked();
  }

  problem(last.answer, 429, 'rate_limited');
  expect(last.retryAfterSeconds).toBeLessThanOrEqual(60);
  expect(admitted).toBeLessThanOrEqual(max * 2);
});

it('all addresses together have exactly so many calls a second, however many ask at once', async () => {
  const { publicCallsPerSecond: max } = defaultLimits.rates;
  const rates = createRateLimiter({ client: engine.db, table: stack.tableName });
  const scope = `public-test-${randomUUID()}`;
  const callsAt = (now: string) =>
    Promise.allSettled(Array.from({ length: max * 2 }, () => rates.take(scope, 'requests', max, now, 1)));
  const admitted = (outcomes: readonly PromiseSettledResult<void>[]) =>
    outcomes.filter(({ status }) => status === 'fulfilled').length;

  expect(admitted(await callsAt('2026-11-20T10:00:00.900Z'))).toBe(max);
  expect(admitted(await callsAt('2026-11-20T10:00:01.000Z'))).toBe(max);
});
