/** Why the local run cannot go on, in one sentence for the person who started it. Shown without a stack trace. */
export class LocalFailure extends Error {
  override readonly name = 'LocalFailure';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
