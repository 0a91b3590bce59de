import { expect, it } from 'vitest';
import { healthScore } from '../../../lambdas/core/metrics/health-score.ts';

it.each([
  [undefined, undefined, false, 100],
  [0.02, 10, false, 100],
  [0.021, 10, false, 90],
  [0.05, 10.1, false, 80],
  [0.051, 30, false, 70],
  [0.051, 30.1, false, 60],
  [1, 100, true, 40],
  [0, 0, true, 80],
])(
  'failures %s, %s s on average, dead letters %s: %i',
  (failureRate, averageUploadSeconds, deadLetters, score) => {
    const health = healthScore({ failureRate, averageUploadSeconds, deadLetters });
    expect(health.score).toBe(score);
    expect(health.reasons.length > 0).toBe(score < 100);
  },
);
