import { expect, inject, it } from 'vitest';
import { type InitiateResponse, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, noUsage, usageOf } from '../../support/tenants.ts';
import { MiB, multipartUploadsOf, octets, put, untilStatus } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const retries = 100;

/** What of an answer must be the same each time; URLs are signed anew, and expire when they say. */
const withoutUrls = ({ parts, ...upload }: InitiateResponse) => ({
  ...upload,
  parts: parts.map(({ partNumber, size, headers }) => ({ partNumber, size, headers })),
});

it(`${retries} parallel retries with one key make one file and get identical answers`, async () => {
  const { api, tenantId } = await createTenant(engine, {
    policy: { slotsPerUser: 5, initiationsPerMinute: retries },
  });
  const request = octets(6 * MiB);

  const answers = await Promise.all(
    Array.from({ length: retries }, () =>
      // A repeat that waited 2 s for the first is told to come again (409 with Retry-After): so does a client.
      eventually('the retry is answered', async () => {
        const answer = await api.initiate(request, 'one-key');
        if (answer.status === 409) {
          problem(answer, 409, 'upload_state_conflict');
          expect(answer.headers.get('retry-after')).toBe('1');
          return undefined;
        }
        return answer;
      }),
    ),
  );

  const [first, ...others] = answers.map((answer) => ok(answer));
  if (!first) throw new Error('there is no answer');
  for (const other of others) expect(withoutUrls(other)).toEqual(withoutUrls(first));
  expect(ok(await api.files()).files.map(({ id }) => id)).toEqual([first.fileId]);
  expect(await usageOf(api)).toMatchObject({ reserved: 6 * MiB, slots: 1 });
  expect(await multipartUploadsOf(engine, tenantId)).toHaveLength(1);
  problem(await api.initiate({ ...request, size: 1 }, 'one-key'), 422, 'idempotency_key_reused');
  expect((await api.abort(first.fileId)).status).toBe(204);
  expect(await usageOf(api)).toEqual(noUsage);
});

it('parallel retries with one key that replace a file open one replacement', async () => {
  const { api } = await createTenant(engine);
  const stored = ok(await api.initiate(octets(10, { filename: 'a.bin' })));
  if (!stored.parts[0]) throw new Error('a single PUT has one part');
  await put(stored.parts[0], Buffer.alloc(10, 1));
  await untilStatus(api, stored.fileId, 'ready');
  const request = octets(20, { filename: 'a.bin', onConflict: 'replace' });

  const answers = await Promise.all(Array.from({ length: 20 }, () => api.initiate(request, 'one-key')));

  const [first, ...others] = answers.map((answer) => ok(answer));
  expect(first?.fileId).toBe(stored.fileId);
  for (const other of others) expect(other.uploadId).toBe(first?.uploadId);
  problem(await api.initiate({ ...request, size: 21 }, 'one-key'), 422, 'idempotency_key_reused');
  expect(await usageOf(api)).toMatchObject({ used: 10, reserved: 20, slots: 1, files: 1 });
});
