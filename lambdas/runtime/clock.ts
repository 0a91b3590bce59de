import { ulid } from 'ulid';

/** The outside's clock, ids, chance and patience, which core takes as arguments. */
export const clock = {
  now: (): string => new Date().toISOString(),
  newId: (): string => ulid(),
  /** From 0 up to 1, for jitter. */
  random: (): number => Math.random(),
  sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
};
