import { describe, expect, it } from 'vitest';
import {
  type Definitions,
  type DefinitionsDeps,
  updateDefinitions,
} from '../../../lambdas/core/intake/definitions.ts';
import { addSeconds } from '../../../lambdas/core/time.ts';
import { startOfTime } from '../../support/domain.ts';

const hour = 3_600;

function world(version = 'v1') {
  const state = {
    now: startOfTime,
    offered: version,
    current: undefined as Definitions | undefined,
    refreshedFrom: [] as (string | undefined)[],
    rescans: [] as string[],
    source: 'mirror',
    failing: false,
  };
  const run = () =>
    updateDefinitions({
      store: {
        current: async () => state.current,
        publish: async (definitions) => {
          state.current = definitions;
        },
      },
      refresh: async (current) => {
        state.refreshedFrom.push(current?.version);
        return { version: state.offered, files: [] };
      },
      startRescans: async (of) => {
        if (state.failing) throw new Error('out of time');
        state.rescans.push(of);
      },
      source: state.source,
      bounds: { refreshSeconds: 4 * hour, jitterSeconds: 0 },
      now: () => state.now,
      random: () => 0,
    } satisfies DefinitionsDeps);
  return { state, run };
}

describe('virus definitions', () => {
  it('are asked for at once where there are none, and then only when the last answer is old enough', async () => {
    const { state, run } = world();
    expect((await run()).outcome).toBe('changed');

    state.now = addSeconds(startOfTime, 4 * hour - 1);
    expect((await run()).outcome).toBe('fresh');
    state.now = addSeconds(startOfTime, 4 * hour);
    expect(await run()).toEqual({ outcome: 'unchanged', version: 'v1', checkedAt: state.now });

    expect(state.refreshedFrom).toEqual([undefined, 'v1']);
    expect(state.current).toMatchObject({ changedAt: startOfTime, checkedAt: state.now });
  });

  it('that changed have stored files scanned again, once', async () => {
    const { state, run } = world();
    await run();
    state.now = addSeconds(state.now, 5 * hour);
    state.offered = 'v2';
    await run();
    await run();

    expect(state.rescans).toEqual(['v1', 'v2']);
  });

  it('count at once, and rescans that could not be started are started by the next run', async () => {
    const { state, run } = world();
    state.failing = true;
    await expect(run()).rejects.toThrow('out of time');
    expect(state.current?.version).toBe('v1');

    state.failing = false;
    expect((await run()).outcome).toBe('fresh');

    expect(state.rescans).toEqual(['v1']);
    expect(state.refreshedFrom).toHaveLength(1);
  });

  it('of another source replace all of the old one, at once', async () => {
    const { state, run } = world();
    await run();
    state.source = 'another';
    state.offered = 'w1';

    expect((await run()).outcome).toBe('changed');

    expect(state.refreshedFrom).toEqual([undefined, undefined]);
  });
});
