import { expect, it, vi } from 'vitest';
import { countTranscoded } from '../../lambdas/runtime/count-transcoded.ts';
import { createObserver } from '../../lambdas/runtime/observe.ts';

it('counts the seconds of each rung under its own dimension, and nothing of what was made before', () => {
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  const written: Record<string, unknown>[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void written.push(JSON.parse(line)));
  const { metrics } = createObserver('settle', 'test');

  countTranscoded(metrics, { outcome: 'ready', seconds: { '720p': 120, audio: 7 } });
  countTranscoded(metrics, { outcome: 'failed' });

  expect(written).toEqual([
    expect.objectContaining({ stage: 'test', rung: '720p', TranscodedSeconds: 120 }),
    expect.objectContaining({ stage: 'test', rung: 'audio', TranscodedSeconds: 7 }),
  ]);
  vi.restoreAllMocks();
});
