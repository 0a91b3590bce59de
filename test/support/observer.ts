import { vi } from 'vitest';
import type { Observer } from '../../lambdas/runtime/observe.ts';
import { createObserver } from '../../lambdas/runtime/observe.ts';

/** The real logger and metrics, silent, with what was logged for a test to read. */
export function silentObserver(): { observer: Observer; logged: { message: string; facts: unknown }[] } {
  process.env.POWERTOOLS_DEV = 'false';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  const observer = createObserver('test', 'test');
  const logged: { message: string; facts: unknown }[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(observer.logger, level).mockImplementation((...said: unknown[]) => {
      logged.push({ message: String(said[0]), facts: said[1] });
    });
  }
  return { observer, logged };
}
