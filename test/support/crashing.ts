import type { World } from './world.ts';

export const crashes = ['before it took effect', 'after it took effect', 'and none follows'] as const;
export type Crash = (typeof crashes)[number];

export interface Seen {
  calls: number;
  call?: string;
}

/** Fails the nth call to the outside; `and none follows` is a process that is gone. */
export function crashAt(world: World, n: number, how: Crash): Seen {
  const seen: Seen = { calls: 0 };
  world.around = async (call, run) => {
    seen.calls += 1;
    if (seen.calls < n || (seen.calls > n && how !== 'and none follows')) {
      return run();
    }
    if (seen.calls === n) seen.call = call;
    if (how === 'after it took effect') await run();
    throw new Error(`crashed at ${call}`);
  };
  return seen;
}
