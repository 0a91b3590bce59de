import type { DomainEvent } from '../files/event.ts';
import { addNumbers, type Numbers, numbersOf } from './numbers.ts';

/** Whose numbers a window holds. */
export type Dimension =
  | { readonly kind: 'all' }
  | { readonly kind: 'tenant'; readonly tenantId: string }
  | { readonly kind: 'tenantType'; readonly tenantId: string; readonly type: string }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'region'; readonly region: string };

export interface Window {
  /** An hour (`2026-11-21T03`) or a day (`2026-11-21`), UTC. */
  readonly period: string;
  readonly dimension: Dimension;
}

export interface WindowNumbers extends Window {
  readonly numbers: Numbers;
}

export const hourPeriod = (at: string): string => at.slice(0, 13);
export const dayPeriod = (at: string): string => at.slice(0, 10);
export const isHour = (period: string): boolean => period.length > 10;

/** When a period begins. */
export const startOfPeriod = (period: string): string =>
  isHour(period) ? `${period}:00:00.000Z` : `${period}T00:00:00.000Z`;

const hourMs = 3_600_000;

/** The running hour and the `back` ones before it, oldest first. */
export const hoursUntil = (now: string, back: number): readonly string[] =>
  periods(back, (n) => hourPeriod(new Date(Date.parse(now) - n * hourMs).toISOString()));

/** Today and the `back` days before, oldest first. */
export const daysUntil = (now: string, back: number): readonly string[] =>
  periods(back, (n) => dayPeriod(new Date(Date.parse(now) - n * 24 * hourMs).toISOString()));

const periods = (back: number, at: (n: number) => string): readonly string[] =>
  Array.from({ length: back + 1 }, (_, n) => at(back - n));

export const windowId = ({ period, dimension }: Window): string => JSON.stringify([period, dimension]);

/**
 * The hour and the day of an event, in every dimension that it has. Its region is the country that the upload came
 * from, where the edge told it, else the region of the stage.
 */
export function windowsOf(event: DomainEvent, stageRegion: string): readonly Window[] {
  const { tenantId, at, data } = event;
  const type = typeof data.type === 'string' ? data.type : undefined;
  const region = typeof data.country === 'string' ? data.country : stageRegion;
  const dimensions: Dimension[] = [
    { kind: 'all' },
    { kind: 'tenant', tenantId },
    ...(event.fileId === undefined ? [] : [{ kind: 'region', region } as const]),
    ...(type === undefined
      ? []
      : ([
          { kind: 'type', type },
          { kind: 'tenantType', tenantId, type },
        ] as const)),
  ];
  return [hourPeriod(at), dayPeriod(at)].flatMap((period) =>
    dimensions.map((dimension) => ({ period, dimension })),
  );
}

/** What a batch of events adds, one sum for each window. */
export function sumOfWindows(events: readonly DomainEvent[], stageRegion: string): readonly WindowNumbers[] {
  const sums = new Map<string, WindowNumbers>();
  for (const event of events) {
    const numbers = numbersOf(event);
    if (!numbers) continue;
    for (const window of windowsOf(event, stageRegion)) {
      const id = windowId(window);
      const sum = sums.get(id);
      sums.set(id, { ...window, numbers: sum ? addNumbers([sum.numbers, numbers]) : numbers });
    }
  }
  return [...sums.values()];
}
