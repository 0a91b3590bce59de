export interface ScoreFacts {
  /** Of the uploads that ended, from 0 to 1; undefined when none did. */
  readonly failureRate: number | undefined;
  /** Undefined when none was stored. */
  readonly averageUploadSeconds: number | undefined;
  readonly deadLetters: boolean;
}

export interface HealthScore {
  /** 0 to 100. */
  readonly score: number;
  /** What was taken off, and why. */
  readonly reasons: readonly string[];
}

/** DESIGN 8. */
export function healthScore({ failureRate, averageUploadSeconds, deadLetters }: ScoreFacts): HealthScore {
  const losses: { points: number; reason: string }[] = [];
  if (failureRate !== undefined && failureRate > 0.05) {
    losses.push({ points: 20, reason: 'More than 5 % of the uploads fail.' });
  } else if (failureRate !== undefined && failureRate > 0.02) {
    losses.push({ points: 10, reason: 'More than 2 % of the uploads fail.' });
  }
  if (averageUploadSeconds !== undefined && averageUploadSeconds > 30) {
    losses.push({ points: 20, reason: 'An upload takes more than 30 s on average.' });
  } else if (averageUploadSeconds !== undefined && averageUploadSeconds > 10) {
    losses.push({ points: 10, reason: 'An upload takes more than 10 s on average.' });
  }
  if (deadLetters) losses.push({ points: 20, reason: 'A dead-letter queue is not empty.' });
  return {
    score: losses.reduce((score, { points }) => score - points, 100),
    reasons: losses.map(({ reason }) => reason),
  };
}
