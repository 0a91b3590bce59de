import * as z from 'zod';

/** Where virus definitions come from. */
export const definitionsSource = z.object({
  /** Host of ClamAV's definitions, or the https address of a mirror of one's own. Absent: only `customUrls`. */
  mirror: z.union([z.hostname(), z.url({ protocol: /^https?$/ })]).optional(),
  /** Further signature files (.ndb, .hdb, .cvd ...): one's own, or those of another provider. */
  customUrls: z.array(z.url({ protocol: /^(https?|file)$/ })).default([]),
});

export type DefinitionsSource = z.input<typeof definitionsSource>;

/** ClamAV's own servers. Beyond a few requests an hour and address they refuse for a day. */
export const publicDefinitions: DefinitionsSource = { mirror: 'database.clamav.net' };

/** The bucket of definitions: the databases, and one small object that says which versions of them belong together. */
export const definitionsKeys = {
  manifest: 'manifest.json',
  databases: 'databases/',
  /** freshclam's own: which copy of it this is, and until when a server asked it to stay away. */
  notes: 'freshclam.dat',
  all: '*',
} as const;

export const definitionsManifest = z.object({
  version: z.string(),
  checkedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  source: z.string(),
  rescannedWith: z.string().optional(),
  files: z.array(
    z.object({
      /** A file's name and nothing else: it is one on the scanner's disk. */
      name: z.string().regex(/^\w[\w.-]*$/),
      /** Of the object in the bucket, so that an update in between tears nothing. */
      versionId: z.string(),
      size: z.number().int().nonnegative(),
      sha256: z.string(),
    }),
  ),
});

/** How often the updater looks whether it is time; it goes and asks when the last answer is as old as `refreshHours`. */
export const definitionsLookMinutes = 15;
export const definitionsRefreshHours = 4;
/** Definitions that nobody could refresh for so long are worth an alarm: ClamAV publishes every day. */
export const definitionsStaleHours = 24;
