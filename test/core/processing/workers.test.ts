import { describe, expect, it } from 'vitest';
import { hasPresets, workerFor } from '../../../lambdas/core/processing/workers.ts';

describe('who is sent to a worker', () => {
  it('is what something is made or told of, and nothing else', () => {
    expect(['video/mp4', 'video/x-msvideo', 'audio/mpeg', 'audio/x-wav'].map(workerFor)).toEqual([
      ...['videos', 'videos', 'videos', 'videos'],
    ]);
    expect(['application/zip', 'application/gzip'].map(workerFor)).toEqual(['other', 'other']);
    expect(['application/octet-stream', 'audio/midi', 'application/vnd.rar'].map(workerFor)).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  it('gets presets where there may be a picture', () => {
    expect(['image/png', 'application/pdf', 'audio/mpeg', 'video/mp4'].map(hasPresets)).toEqual([
      ...[true, true, true, true],
    ]);
    expect(['application/zip', 'audio/midi', 'application/octet-stream'].map(hasPresets)).toEqual([
      ...[false, false, false],
    ]);
  });
});
