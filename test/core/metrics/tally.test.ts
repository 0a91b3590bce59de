import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { talliedEventTypes } from '../../../lambdas/contract/events.ts';
import { chunksOf, tally } from '../../../lambdas/core/metrics/tally.ts';
import { sumOfWindows, windowId } from '../../../lambdas/core/metrics/windows.ts';
import { event, Tallying } from '../../support/tallying.ts';

const hour = '2026-11-21T03';
const day = '2026-11-21';
const all = { kind: 'all' } as const;

const anyEvent = fc
  .record({
    eventId: fc.uuid(),
    type: fc.constantFrom(...talliedEventTypes),
    tenantId: fc.constantFrom('acme', 'globex', 'tiny'),
    group: fc.constantFrom('image', 'video', 'other'),
    size: fc.nat(),
    seconds: fc.double({ min: 0, max: 1_000, noNaN: true }),
    hour: fc.integer({ min: 0, max: 23 }),
  })
  .map(({ eventId, type, tenantId, group, size, seconds, hour: at }) =>
    event(type, {
      eventId,
      tenantId,
      at: `2026-11-21T${String(at).padStart(2, '0')}:10:00.000Z`,
      data: { type: group, size, seconds },
    }),
  );

describe('a tally', () => {
  it('counts an event in its hour and day: in all, of the tenant, by type, by both, by region', async () => {
    const tallying = new Tallying();
    await tally(tallying.deps, [event('file.stored', { data: { size: 7, seconds: 1.5, type: 'image' } })]);

    for (const period of [hour, day]) {
      for (const dimension of [
        all,
        { kind: 'tenant', tenantId: 'acme' },
        { kind: 'type', type: 'image' },
        { kind: 'tenantType', tenantId: 'acme', type: 'image' },
        { kind: 'region', region: 'eu-west-1' },
      ] as const) {
        expect(tallying.counts(period, dimension)).toEqual({ stored: 1, bytes: 7, uploadMs: 1_500 });
      }
    }
    expect(tallying.windows.size).toBe(10);
  });

  it('takes the country of the upload for its region where it is known', async () => {
    const tallying = new Tallying();
    await tally(tallying.deps, [event('file.initiated', { data: { type: 'image', country: 'AT' } })]);
    expect(tallying.counts(hour, { kind: 'region', region: 'AT' })).toEqual({ uploads: 1 });
  });

  it('is the same however often, in which order and in which batches events are delivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyEvent, { selector: ({ eventId }) => eventId, maxLength: 30 }),
        fc.array(fc.nat(29), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (events, repeats, batch) => {
          const once = new Tallying();
          await tally(once.deps, events);
          const often = new Tallying();
          const deliveries = [...repeats.flatMap((index) => events[index] ?? []), ...events].reverse();
          for (let start = 0; start < deliveries.length; start += batch) {
            await tally(often.deps, deliveries.slice(start, start + batch));
          }
          expect(new Map([...often.windows].sort())).toEqual(new Map([...once.windows].sort()));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('never asks for more than a transaction of DynamoDB takes, and leaves nothing out', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const chunks = chunksOf(events, 'r');
        for (const chunk of chunks) {
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length + sumOfWindows(chunk, 'r').length).toBeLessThanOrEqual(100);
        }
        expect(chunks.flat().every((each) => events.includes(each))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('tells apart what was found, what was blocked and what was only wrong', async () => {
    const tallying = new Tallying();
    const reasons = ['malware_found', 'active_content', 'checksum_mismatch'];
    await tally(
      tallying.deps,
      reasons.map((reason) => event('file.rejected', { eventId: reason, data: { reason, type: 'other' } })),
    );
    expect(tallying.counts(day, all)).toEqual({ rejected: 3, blocked: 2, detections: 1 });
  });

  it('counts malware that a later scan found, and no upload that failed by it', async () => {
    const tallying = new Tallying();
    await tally(tallying.deps, [
      event('file.withdrawn', { data: { reason: 'malware_found', type: 'other' } }),
    ]);
    expect(tallying.counts(day, all)).toEqual({ detections: 1 });
  });

  it('counts the seconds of output that a video became, by rung', async () => {
    const tallying = new Tallying();
    const data = { seconds: 30, type: 'video', transcoded720p: 120, transcodedAudio: 'many', other: 1 };
    await tally(tallying.deps, [event('file.ready', { data })]);
    expect(tallying.counts(day, all)).toEqual({ processingMs: 30_000, transcoded720p: 120 });
  });

  it('counts no processing where nothing was processed', async () => {
    const tallying = new Tallying();
    await tally(tallying.deps, [event('file.ready'), event('file.uploaded'), event('file.purged')]);
    expect(tallying.windows.size).toBe(0);
    expect(tallying.transactions).toEqual([]);
  });

  it('notes the most open uploads, of the tenant and of the stage', async () => {
    const tallying = new Tallying();
    tallying.open = { acme: 3, globex: 4 };
    await tally(tallying.deps, [event('file.initiated')]);
    tallying.open = { acme: 1, globex: 0 };
    await tally(tallying.deps, [event('file.initiated', { eventId: 'later' })]);

    const peak = (dimension: Parameters<typeof windowId>[0]['dimension']) =>
      tallying.peaks.get(windowId({ period: hour, dimension }));
    expect(peak({ kind: 'tenant', tenantId: 'acme' })).toBe(3);
    expect(peak(all)).toBe(7);
  });

  it('forgets an erased tenant, not the one whose root had it erased', async () => {
    const tallying = new Tallying();
    const erased = { fileId: undefined, ownerId: undefined, data: { erasedTenantId: 'globex' } };
    await tally(tallying.deps, [event('tenant.erased', erased as never)]);
    expect(tallying.forgotten).toEqual(['globex']);
  });
});
