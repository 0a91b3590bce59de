/**
 * The life of a file (API.md) as one table: from each status, the statuses it may move to. Every move
 * is checked here and written on the condition that nobody changed the file meanwhile, so that duplicates and
 * late events change nothing.
 */
const moves = {
  uploading: ['uploaded', 'aborted', 'expired'],
  uploaded: ['inspecting', 'purged'],
  // `aborted`: a replacement whose file was withdrawn meanwhile.
  inspecting: ['held', 'stored', 'rejected', 'aborted', 'purged'],
  held: ['inspecting', 'stored', 'rejected', 'purged'],
  // From here on `stored` again: other content took the place of the file's; `rejected`: a later scan found malware.
  stored: ['stored', 'processing', 'ready', 'failed', 'rejected', 'deleted', 'purged'],
  processing: ['stored', 'ready', 'failed', 'rejected', 'deleted', 'purged'],
  ready: ['stored', 'processing', 'rejected', 'deleted', 'purged'],
  failed: ['stored', 'processing', 'rejected', 'deleted', 'purged'],
  // Out of the trash into the status that it had.
  deleted: ['stored', 'processing', 'ready', 'failed', 'rejected', 'purged'],
  rejected: ['purged'],
  aborted: ['purged'],
  expired: ['purged'],
  purged: [],
} as const satisfies Record<string, readonly string[]>;

export type Status = keyof typeof moves;

export const statuses = Object.keys(moves) as readonly Status[];

export const canMove = (from: Status, to: Status): boolean => (moves[from] as readonly string[]).includes(to);

/** Original bytes can be downloaded: they were inspected and promoted. */
export const availableStatuses: readonly Status[] = ['stored', 'processing', 'ready', 'failed'];

/** Something is still going to happen to the file without anybody asking. */
export const pendingStatuses: readonly Status[] = [
  'uploading',
  'uploaded',
  'inspecting',
  'held',
  'stored',
  'processing',
];

/** While a file is in one of these, its bytes exist nowhere but in the intake bucket. */
export const unsettledStatuses: readonly Status[] = ['uploading', 'uploaded', 'inspecting', 'held'];

export const endedStatuses: readonly Status[] = ['rejected', 'aborted', 'expired'];

/** Nothing counts in the quota any more. */
export const releasedStatuses: readonly Status[] = [...endedStatuses, 'purged'];

/** While a file is in one of these, its folder shows it and no other file may have its name. */
export const holdsName = (status: Status): boolean =>
  status !== 'deleted' && !releasedStatuses.includes(status);

const progressByStatus: Record<Status, number> = {
  uploading: 0,
  uploaded: 20,
  inspecting: 40,
  held: 40,
  stored: 60,
  processing: 80,
  ready: 100,
  failed: 100,
  deleted: 100,
  rejected: 100,
  aborted: 100,
  expired: 100,
  purged: 100,
};

/**
 * Percent of the way from initiation to the end, by steps; the last step by its renditions, or by how far the encoder of a
 * video is.
 */
export function progressOf({ status, renditions = {}, encodedPercent = 0 }: Progressing): number {
  const begun = progressByStatus[status];
  if (status !== 'processing') return begun;
  const all = Object.values(renditions);
  const settled = all.filter((rendition) => rendition.status !== 'pending').length;
  const made = Math.max(all.length === 0 ? 0 : settled / all.length, encodedPercent / 100);
  // Not 100 before it is ready.
  return begun + Math.floor((99 - begun) * made);
}

interface Progressing {
  readonly status: Status;
  readonly renditions?: Readonly<Record<string, { readonly status: string }>>;
  readonly encodedPercent?: number | undefined;
}

const statusGroups: Record<string, readonly Status[]> = {
  available: availableStatuses,
  pending: pendingStatuses,
  ended: endedStatuses,
};

/** The statuses that a `status` filter of a listing names: one status or a group; undefined for neither. */
export function statusesOfFilter(filter: string): readonly Status[] | undefined {
  // API.md: in a filter, `uploaded` is a synonym of `available`.
  if (filter === 'uploaded') return availableStatuses;
  if (Object.hasOwn(statusGroups, filter)) return statusGroups[filter];
  return statuses.includes(filter as Status) && filter !== 'purged' ? [filter as Status] : undefined;
}
