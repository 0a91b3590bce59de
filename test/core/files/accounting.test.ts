import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CounterDelta, move } from '../../../lambdas/core/files/change.ts';
import { effectsOf } from '../../../lambdas/core/files/effects.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import {
  availableStatuses,
  canMove,
  endedStatuses,
  pendingStatuses,
  progressOf,
  type Status,
  statuses,
  statusesOfFilter,
} from '../../../lambdas/core/files/status.ts';
import { file, session, startOfTime } from '../../support/domain.ts';

/** Where one may go from a status. */
const targetsOf = (status: Status) => statuses.filter((to) => canMove(status, to));
const sourcesOf = (target: Status) => statuses.filter((from) => canMove(from, target));

/** A file's life: at each step one of the moves that the table allows, until there is none or the numbers end. */
function live(size: number, choices: readonly number[]) {
  let current: FileRecord = file({ size });
  const total: Record<keyof CounterDelta, number> = {
    committedBytes: size,
    committedFiles: 1,
    reservedBytes: size,
    reservedFiles: 1,
    openUploads: 1,
  };
  let names = 1;
  for (const choice of choices) {
    const targets = targetsOf(current.status);
    const to = targets[choice % Math.max(1, targets.length)];
    if (!to) break;
    const change = move(current, to, {
      at: startOfTime,
      eventId: 'E',
      ...(current.status === 'uploading' && { closes: { session: session(), from: ['open'] } }),
    });
    for (const name of Object.keys(total) as (keyof CounterDelta)[]) {
      total[name] += change.counters[name];
      expect(total[name]).toBeGreaterThanOrEqual(0);
    }
    const { releases, claims } = effectsOf(change);
    names += Number(claims !== undefined) - Number(releases !== undefined);
    expect(change.after.revision).toBe(current.revision + 1);
    current = change.after;
  }
  return { current, total, names };
}

const lives = fc.tuple(fc.nat({ max: 10 ** 12 }), fc.array(fc.nat({ max: 20 }), { maxLength: 30 }));

describe('a walk through the status table', () => {
  it('never takes a counter below zero, and keeps the reservation only before the verdict', () => {
    fc.assert(
      fc.property(lives, ([size, choices]) => {
        const { current, total } = live(size, choices);
        const waiting = ['uploading', 'uploaded', 'inspecting', 'held'].includes(current.status);
        expect(total.reservedFiles).toBe(Number(waiting));
        expect(total.reservedBytes).toBe(waiting ? size : 0);
        expect(total.openUploads).toBe(Number(current.status === 'uploading'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts exactly the bytes that are stored', () => {
    fc.assert(
      fc.property(lives, ([size, choices]) => {
        const { current, total } = live(size, choices);
        const holds =
          pendingStatuses.includes(current.status) ||
          availableStatuses.includes(current.status) ||
          current.status === 'deleted';
        expect(total.committedBytes).toBe(holds ? size : 0);
        expect(total.committedFiles).toBe(Number(holds));
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives every counter and the name back exactly once when it ends in purged', () => {
    fc.assert(
      fc.property(lives, ([size, choices]) => {
        const { current, total, names } = live(size, [...choices, ...Array(40).fill(0)]);
        const toTheEnd = live(size, [...choices, ...Array(40).fill(19)]);
        for (const end of [{ current, total, names }, toTheEnd]) {
          if (end.current.status !== 'purged') continue;
          expect(Object.values(end.total)).toEqual([0, 0, 0, 0, 0]);
          expect(end.names).toBe(0);
        }
      }),
    );
  });
});

describe('the status table', () => {
  it('has no way out of purged and a way into it from everything but an open upload', () => {
    expect(targetsOf('purged')).toEqual([]);
    expect(sourcesOf('purged')).toEqual(statuses.filter((s) => s !== 'purged' && s !== 'uploading'));
  });

  it('lets no file become readable without an inspection', () => {
    for (const status of availableStatuses) {
      const from = sourcesOf(status).filter((source) => !availableStatuses.includes(source));
      // Out of the trash comes only what was readable before it went there.
      expect(from.every((source) => ['inspecting', 'held', 'deleted'].includes(source))).toBe(true);
    }
  });

  it('refuses a move that it does not know', () => {
    expect(() => move(file({ status: 'purged' }), 'stored', { at: startOfTime, eventId: 'E' })).toThrow(
      'does not move',
    );
  });

  it('takes only readable files into the trash', () => {
    expect(sourcesOf('deleted')).toEqual(availableStatuses);
  });

  it('shows progress that never goes back but for new content, processing again or out of the trash', () => {
    for (const from of statuses) {
      for (const to of targetsOf(from)) {
        const again = to === 'stored' || (to === 'processing' && progressOf({ status: from }) === 100);
        expect(again || progressOf({ status: to }) >= progressOf({ status: from })).toBe(true);
      }
    }
  });

  it('puts every status but those of the trash into exactly one group of the list filter', () => {
    const groups = [availableStatuses, pendingStatuses, endedStatuses].flat();
    const both = ['stored', 'processing'];
    expect([...new Set(groups)].sort()).toEqual(
      statuses.filter((s) => s !== 'purged' && s !== 'deleted').toSorted(),
    );
    expect(groups.filter((s, i) => groups.indexOf(s) !== i).sort()).toEqual(both.sort());
  });

  it('reads `uploaded` in a filter as available, and knows no purged and no prototype', () => {
    expect(statusesOfFilter('uploaded')).toEqual(availableStatuses);
    expect(statusesOfFilter('ready')).toEqual(['ready']);
    for (const word of ['purged', 'nonsense', 'toString', 'constructor', '__proto__']) {
      expect(statusesOfFilter(word)).toBeUndefined();
    }
  });
});
