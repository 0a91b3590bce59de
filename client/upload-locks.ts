const PREFIX = 'sluice.upload.';

/** Tells the tabs of one browser apart: which uploads somebody is at work on, and which are left over. */
export interface UploadLocks {
  /** @returns lets go again; a tab that closes or crashes lets go of all of its uploads. */
  hold(fileId: string): () => void;
  /** The uploads that any tab holds, this one among them. */
  held(): Promise<ReadonlySet<string>>;
}

/** By Web Locks; undefined where there are none (plain HTTP other than localhost): every tab then lists all uploads. */
export function browserLocks(): UploadLocks | undefined {
  const locks = globalThis.navigator?.locks;
  if (!locks) return undefined;
  return {
    hold: (fileId) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      // Shared, so that it never waits: the lock is a sign for the others, not a gate.
      locks.request(PREFIX + fileId, { mode: 'shared' }, () => promise).catch(() => undefined);
      return resolve;
    },
    held: async () => {
      const { held = [] } = await locks.query();
      const names = held.map((lock) => lock.name ?? '').filter((name) => name.startsWith(PREFIX));
      return new Set(names.map((name) => name.slice(PREFIX.length)));
    },
  };
}
