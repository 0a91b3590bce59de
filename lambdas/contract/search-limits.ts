import * as z from 'zod';

/** Bounds of the search; part of `Limits`. */
export const searchLimits = z.object({
  /** Of a question. */
  queryMaxCharacters: z.number().int().positive(),
  /** Parts of words too: IMG2024 is three. */
  queryMaxWords: z.number().int().positive(),
  defaultLimit: z.number().int().positive(),
  maxLimit: z.number().int().positive(),
  /** Hits that the pages of one question reach together. */
  windowHits: z.number().int().positive(),
  /** Files shared with a user that a search of this user knows, newest shares first. */
  sharedMaxFiles: z.number().int().positive(),
  /** Of a file's text, from its beginning, that can be found. */
  textMaxCharacters: z.number().int().positive(),
  /** Segments of a tenant before some of them are merged: each costs every question a request. */
  segmentsMax: z.number().int().positive(),
  /** What one merge reads: it is in memory as a whole. */
  mergeMaxBytes: z.number().int().positive(),
  /** How long an index remembers of a file that it is gone: longer than a run that may still bring what it was. */
  goneKeepSeconds: z.number().int().positive(),
});

export const defaultSearchLimits: z.infer<typeof searchLimits> = {
  queryMaxCharacters: 256,
  queryMaxWords: 20,
  defaultLimit: 20,
  maxLimit: 100,
  windowHits: 1_000,
  sharedMaxFiles: 1_000,
  // Some 30,000 words: a book of a hundred pages.
  textMaxCharacters: 200_000,
  segmentsMax: 8,
  mergeMaxBytes: 64 * 1024 * 1024,
  goneKeepSeconds: 3_600,
};
