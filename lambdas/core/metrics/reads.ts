import type { Numbers } from './numbers.ts';
import type { Gauge } from './tally.ts';
import type { Window } from './windows.ts';

export interface WindowRow {
  readonly numbers: Numbers;
  /** The most uploads that were open at once. */
  readonly peak: number;
}

export interface RowsOf {
  readonly rows: readonly { readonly name: string; readonly uploads: number; readonly bytes: number }[];
  /** False when there were more rows than one answer reads. */
  readonly complete: boolean;
}

export interface MetricReads {
  /** The windows that hold anything, by `windowId`. */
  windows(windows: readonly Window[]): Promise<ReadonlyMap<string, WindowRow>>;
  regions(periods: readonly string[]): Promise<RowsOf>;
  tenants(periods: readonly string[]): Promise<RowsOf>;
  /** What every tenant holds, as of its last event. */
  gauges(): Promise<readonly Gauge[]>;
  /** What one tenant holds now. */
  gauge(tenantId: string): Promise<Gauge>;
}

export interface QueueSize {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly deadLetters: number;
}
