import fc from 'fast-check';
import type { World } from './world.ts';

const runs = 300;

/** From here on every call to table, S3 and queues waits until the scheduler lets it through. */
export function interleave(world: World, scheduler: fc.Scheduler): void {
  world.around = (call, run) => scheduler.schedule(Promise.resolve(), call).then(run);
}

/** Runs all of them against each other in the scheduler's order; who loses may throw. */
export async function race(scheduler: fc.Scheduler, actors: readonly (() => Promise<unknown>)[]) {
  const settled = Promise.allSettled(actors.map((actor) => actor()));
  await scheduler.waitIdle();
  return settled;
}

/** From here on everything goes through at once again. */
export function calm(world: World): void {
  world.around = (_call, run) => run();
}

export const inEveryOrder = (test: (scheduler: fc.Scheduler) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(fc.scheduler(), test), { numRuns: runs });
