import type { HttpFunctionName } from '../../contract/routes.ts';

/** What belongs together, in the order in which people meet it. */
const tags: Record<HttpFunctionName, string> = {
  auth: 'Sign in by email and password, where the stage offers it; elsewhere tokens come from the issuer itself.',
  token: 'Tokens for machine clients, by OAuth client credentials.',
  uploads: 'Reserve, get presigned URLs, send the bytes straight to S3, complete.',
  files: 'Files and what becomes of them: list, read, change, share, delete, restore, download.',
  variants:
    'Pictures of files in the size and format that a page needs, and links to them that need no sign-in.',
  stream: 'Adaptive streams of videos (HLS), for players that send no bearer.',
  folders: "Folders of a user's tree, actions on many files at once, and the jobs that do them.",
  search: 'Words of names, tags, metadata and texts.',
  tenants: 'Tenants with their policy, their users and their machine clients.',
  operations: 'For operators: open uploads, audit, numbers and queues.',
  public: 'What anybody may read without a sign-in.',
  system: 'Health, and this document.',
};

export const tagList = Object.entries(tags).map(([name, description]) => ({ name, description }));
