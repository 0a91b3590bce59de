import { describe, expect, inject, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { TenantPolicyOverrides } from '../../../lambdas/contract/tenant-items.ts';
import { ok } from '../../support/api.ts';
import { engineOf, inParallel } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { dueKeysOf } from '../../support/sweeping.ts';
import { createTenant, noUsage, type TestUser, usageOf } from '../../support/tenants.ts';
import { MiB, multipartUploadsOf, octets } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** SLUICE_ROUNDS=20 npx vitest run --project stack concurrency: as often as the acceptance asks for. */
const rounds = Number(process.env.SLUICE_ROUNDS ?? 1);
const secondsPerRound = 60;

const initiations = 500;
const room = 100;
const users = 10;
const size = 6 * MiB;
const abortsAtOnce = 32;
const minuteMs = 60_000;
/** Longer than a burst of calls takes here. */
const burstMs = 8_000;

describe('500 concurrent initiations with room for 100', () => {
  it(`admit exactly 100, in ${rounds} of ${rounds} rounds; after all are aborted everything is back`, {
    timeout: rounds * secondsPerRound * 1000,
  }, async () => {
    const tenant = await createTenant(engine, {
      roles: Array.from({ length: users }, () => 'user' as const),
      policy: {
        maxBytes: room * size + size - 1,
        slotsPerUser: initiations,
        maxConcurrentUploads: initiations,
        initiationsPerMinute: 1_000_000,
        maxFilesPerDay: 1_000_000,
      },
    });
    for (let round = 1; round <= rounds; round += 1) {
      const startedAt = performance.now();
      const answers = await Promise.all(
        Array.from({ length: initiations }, async (_, index) => {
          const user = tenant.users[index % users] as TestUser;
          return { user, answer: await user.api.initiate(octets(size, { urls: 1 })) };
        }),
      );
      const seconds = (performance.now() - startedAt) / 1000;

      const admitted = answers.filter(({ answer }) => answer.status === 201);
      const refused = answers.filter(({ answer }) => answer.status !== 201);
      for (const { answer } of refused) problem(answer, 403, 'quota_exceeded');
      expect(admitted).toHaveLength(room);
      const reserved = { used: 0, reserved: room * size, files: 0, slots: room };
      expect((await usageOf(tenant.api)).tenant).toEqual(reserved);
      expect(await multipartUploadsOf(engine, tenant.tenantId)).toHaveLength(room);

      await inParallel(admitted, abortsAtOnce, async ({ user, answer }) => {
        expect((await user.api.abort(answer.body.fileId)).status).toBe(204);
      });
      for (const user of tenant.users) expect(await usageOf(user.api)).toEqual(noUsage);
      expect(await multipartUploadsOf(engine, tenant.tenantId)).toEqual([]);
      expect(await dueKeysOf(engine, tenant.tenantId, 'SESSION#')).toEqual([]);
      console.log(
        `round ${round} of ${rounds}: ${admitted.length} admitted, ${refused.length} quota_exceeded, ` +
          `${(initiations / seconds).toFixed(0)} initiations/s`,
      );
    }
  });
});

/** Waits for the next minute where the running one, and the windows that end with it, is about to be over. */
async function windowsAhead(): Promise<void> {
  const leftMs = minuteMs - (Date.now() % minuteMs);
  if (leftMs < burstMs) await new Promise((resolve) => setTimeout(resolve, leftMs));
}

describe('many calls of one user at the same time', () => {
  const bounds: { name: string; policy: TenantPolicyOverrides; code: string }[] = [
    { name: 'slots of the user', policy: { slotsPerUser: 7 }, code: 'concurrency_limit_exceeded' },
    { name: 'slots of the tenant', policy: { maxConcurrentUploads: 7 }, code: 'concurrency_limit_exceeded' },
    { name: 'files of the day', policy: { maxFilesPerDay: 7 }, code: 'daily_files_exceeded' },
    { name: 'bytes of the hour', policy: { bytesPerHour: 79 }, code: 'hourly_bytes_exceeded' },
    { name: 'initiations of the minute', policy: { initiationsPerMinute: 7 }, code: 'rate_limited' },
  ];

  it.each(bounds)('take exactly what the $name allow', async ({ policy, code }) => {
    const { api } = await createTenant(engine, {
      policy: { slotsPerUser: 1_000, initiationsPerMinute: 1_000, ...policy },
    });
    await windowsAhead();

    const answers = await Promise.all(Array.from({ length: 40 }, () => api.initiate(octets(10))));

    const admitted = answers.filter((answer) => answer.status === 201);
    for (const answer of answers) if (answer.status !== 201) problem(answer, 429, code);
    expect(admitted).toHaveLength(7);
    await Promise.all(admitted.map((answer) => api.abort(answer.body.fileId)));
    expect(await usageOf(api)).toEqual(noUsage);
  });

  it('take exactly as many heartbeats as a minute allows', async () => {
    const { api } = await createTenant(engine);
    const { fileId } = ok(await api.initiate(octets(10)));
    await windowsAhead();

    const answers = await Promise.all(Array.from({ length: 80 }, () => api.heartbeat(fileId)));

    for (const answer of answers) if (answer.status !== 204) problem(answer, 429, 'rate_limited');
    const admitted = answers.filter(({ status }) => status === 204);
    expect(admitted).toHaveLength(defaultLimits.rates.heartbeatCallsPerMinute);
  });

  it('abort one upload together and free its slot once', async () => {
    const { api } = await createTenant(engine);
    const [one, other] = [ok(await api.initiate(octets(size))), ok(await api.initiate(octets(size)))];

    await Promise.all(Array.from({ length: 10 }, () => api.abort(one.fileId)));

    expect((await api.abort(one.fileId)).status).toBe(204);
    expect(await usageOf(api)).toMatchObject({ reserved: size, slots: 1 });
    ok(await api.abort(other.fileId));
    expect(await usageOf(api)).toEqual(noUsage);
  });
});
