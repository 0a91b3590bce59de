import { ulid } from 'ulid';

/** The outside's clock, ids and patience, which core takes as arguments. */
export const clock = {
  now: (): string => new Date().toISOString(),
  newId: (): string => ulid(),
  sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
};
