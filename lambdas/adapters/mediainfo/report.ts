/** What a child is to do: look at an object of so many bytes, whose ranges it asks its parent for. */
export interface MediaInfoTask {
  readonly wasmFile: string;
  readonly bytes: number;
}

/**
 * What it prints, a line each: ranges that it asks for, which come by its standard input and nothing else with them, and at
 * the end its report.
 */
export type ChildLine =
  | { readonly read: readonly [from: number, length: number] }
  | { readonly tracks: readonly Track[] }
  | { readonly unreadable: string };

/** A track, or the file as a whole, by MediaInfo's names; a value that several places tell is told as `a / b`. */
export interface Track {
  readonly '@type': string;
  readonly extra?: { readonly IsTruncated?: string };
  readonly [field: string]: unknown;
}

/** The kinds of tracks that are told of. */
export const toldKinds = ['General', 'Video', 'Audio'];
/** More of them than anybody cuts with: the rest is not told. */
export const maxToldTracks = 64;

/** The first of what the places tell; undefined where none does. */
export function words(track: Track | undefined, field: string): string | undefined {
  const value = track?.[field];
  if (typeof value !== 'string') return undefined;
  const first = value.split(' / ', 1)[0]?.trim();
  return first === '' ? undefined : first;
}

/** A number above zero. */
export function amount(track: Track | undefined, field: string): number | undefined {
  const value = Number.parseFloat(words(track, field) ?? '');
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
