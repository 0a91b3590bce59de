import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispatch } from '../../../lambdas/core/intake/dispatch.ts';
import { inspect } from '../../../lambdas/core/intake/inspect.ts';
import { caller } from '../../support/domain.ts';
import { calm, race } from '../../support/racing.ts';
import { alice, bob, expectShared, SharingWorld } from '../../support/sharing-world.ts';

const carol = caller({ user: { userId: 'carol' } });
const runs = 300;

/** Nobody's URL opens nothing, at any moment; but for malware, whose bytes go at once. */
function expectServed(world: SharingWorld, where: string): void {
  const kept = [...world.table.versions.values()];
  const served = world.files.filter(({ status }) => ['stored', 'ready', 'deleted'].includes(status));
  for (const { libraryVersionId = '', fileId } of [...served, ...kept]) {
    expect(world.s3.library.has(libraryVersionId), `bytes of ${fileId} after ${where}`).toBe(true);
  }
}

/** As `interleave`, and after each call every file is looked at. */
function interleaveChecked(world: SharingWorld, scheduler: fc.Scheduler): string[] {
  const failures: string[] = [];
  world.around = async (call, run) => {
    await scheduler.schedule(Promise.resolve(), call);
    const result = await run();
    try {
      expectServed(world, call);
    } catch (error) {
      failures.push(String(error));
    }
    return result;
  };
  return failures;
}

/** Bytes that have landed; whoever inspects them does so later. */
async function landed(world: SharingWorld, who: typeof alice, name: string, text: string, declared: boolean) {
  await world.begin(who, name, text, declared);
  for (const event of world.s3.landed.splice(0)) await dispatch(world.dispatching, event);
  const [message] = world.messages.inspect.splice(0);
  if (!message) throw new Error('nothing landed');
  return () => inspect(world.inspecting, message);
}

async function purgeWholly(world: SharingWorld, who: typeof alice, fileId: string): Promise<void> {
  await world.purge(who, fileId);
  for (const message of world.messages.purge.splice(0)) await world.removeBytes(message);
}

describe.each(['each', 'once'] as const)(
  'files that come to bytes while others leave them, counted %s',
  { timeout: 30_000 },
  (quota) => {
    it('have their bytes at any moment, and the last who leaves takes them along', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.boolean(),
          fc.boolean(),
          async (scheduler, declared, replaces) => {
            const world = new SharingWorld(quota);
            world.s3.tellsDigests = true;
            const first = await world.upload(alice, 'a.bin', 'same');
            const second = await world.upload(bob, 'b.bin', 'same');
            if (replaces) await world.upload(carol, 'c.bin', 'other');
            const joins = await landed(world, carol, 'c.bin', 'same', declared);
            const joinsToo = await landed(world, bob, 'd.bin', 'same', !declared);

            const failures = interleaveChecked(world, scheduler);
            await race(scheduler, [
              joins,
              joinsToo,
              () => purgeWholly(world, alice, first),
              () => purgeWholly(world, bob, second),
            ]);

            calm(world);
            expect(failures).toEqual([]);
            await world.settle();
            expectShared(world);
            expect(world.files.filter(({ libraryVersionId }) => libraryVersionId)).not.toEqual([]);
            for (const { ownerId, fileId } of world.files) {
              await purgeWholly(world, ownerId === 'carol' ? carol : bob, fileId);
            }
            await world.settle();
            expect(world.s3.current).toEqual([]);
            expect(world.table.counter('acme').committedBytes).toBe(0);
            expect(world.table.shared.contents.size).toBe(0);
          },
        ),
        { numRuns: runs },
      );
    });

    it('found one object together when both are the first', async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          const world = new SharingWorld(quota);
          const one = await landed(world, alice, 'a.bin', 'same', true);
          const other = await landed(world, bob, 'b.bin', 'same', true);

          const failures = interleaveChecked(world, scheduler);
          await race(scheduler, [one, one, other, other]);

          calm(world);
          expect(failures).toEqual([]);
          await world.settle();
          expectShared(world);
          expect(new Set(world.files.map(({ libraryVersionId }) => libraryVersionId)).size).toBe(1);
        }),
        { numRuns: runs },
      );
    });

    it('are not served malware that is found in them meanwhile', async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          const world = new SharingWorld(quota);
          const first = await world.upload(alice, 'a.bin', 'same');
          const second = await world.upload(bob, 'b.bin', 'same');
          const object = world.file(first).libraryVersionId;
          const joins = await landed(world, carol, 'c.bin', 'same', true);
          await world.rescanning.queues.rescan({ tenantId: 'acme', fileId: second });
          world.found = 'infected';

          interleaveChecked(world, scheduler);
          await race(scheduler, [joins, () => world.deliver(), () => purgeWholly(world, alice, first)]);

          calm(world);
          await world.settle();
          expectShared(world);
          expect(world.files.filter(({ libraryVersionId }) => libraryVersionId === object)).toEqual([]);
          expect(world.s3.library.has(object ?? '')).toBe(false);
        }),
        { numRuns: runs },
      );
    });
  },
);
