import { errors, SluiceError } from '../errors.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import { checkLink, type LinkDeps, type LinkProof, type LinkTarget, signLink } from '../files/signed-link.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Origin } from '../tenancy/actor.ts';
import {
  admitCaller,
  admitMachine,
  Barred,
  type Caller,
  type Directory,
  type MachineDirectory,
} from '../tenancy/caller.ts';
import type { PolicyDefaults } from '../tenancy/policy.ts';
import { masterName, streamKeyOf } from './stream.ts';

/**
 * What an entry to a stream opens, and whom it was given to: all playlists of one content of a file, for as long as that user
 * may read the file. A machine is named beside the user whom it acts for.
 */
export interface StreamGrant {
  readonly user: string;
  readonly client?: string | undefined;
  /** Of the file's content. */
  readonly version: number;
}

export interface StreamEntry {
  /** Of the master playlist, from the API's address on. */
  readonly url: string;
  readonly expiresAt: string;
}

/** @throws upload_state_conflict, type_not_allowed: nothing leads to a stream that is not there */
export async function streamEntry(
  links: LinkDeps,
  caller: Caller,
  file: FileRecord,
  seconds: number,
): Promise<StreamEntry> {
  streamKeyOf(file);
  const grant = {
    user: caller.userId,
    ...(caller.actor.clientId !== undefined && { client: caller.actor.clientId }),
    version: file.version,
  };
  const proof = await signLink(links, streamTarget(file, grant), seconds);
  return {
    url: `/public/storage/files/${encodeURIComponent(file.fileId)}/stream/${masterName}?${streamQuery(file, grant, proof)}`,
    expiresAt: new Date(proof.expires * 1000).toISOString(),
  };
}

/** What every playlist of a stream is asked for with. */
export const streamQuery = ({ tenantId }: FileRef, grant: StreamGrant, proof: LinkProof): string =>
  String(
    new URLSearchParams({
      tenant: tenantId,
      ...paramsOf(grant),
      expires: String(proof.expires),
      signature: proof.signature,
    }),
  );

/** That this API gave out exactly this entry and that it has not ended. @throws forbidden */
export const checkStreamEntry = (
  links: LinkDeps,
  ref: FileRef,
  grant: StreamGrant,
  proof: LinkProof,
): Promise<void> => checkLink(links, streamTarget(ref, grant), proof);

const streamTarget = ({ tenantId, fileId }: FileRef, grant: StreamGrant): LinkTarget => ({
  purpose: 'stream',
  tenantId,
  fileId,
  params: paramsOf(grant),
});

const paramsOf = ({ user, client, version }: StreamGrant): Readonly<Record<string, string>> => ({
  user,
  ...(client !== undefined && { client }),
  version: String(version),
});

export interface HolderDeps {
  readonly directory: Directory & MachineDirectory;
  readonly limits: PolicyDefaults;
}

/** What a machine needs for reading files. */
const scope = 'files.read';

/**
 * Whom a checked entry was given to, as the table knows them at this moment.
 * @throws tenant_suspended, user_inactive, region_blocked, forbidden (there is no such user or machine any more)
 */
export async function holderOf(
  { directory, limits }: HolderDeps,
  { tenantId }: FileRef,
  { user, client }: StreamGrant,
  origin: Origin,
): Promise<Caller> {
  const admitted =
    client === undefined
      ? admitCaller(directory, limits, { tenantId, userId: user }, origin)
      : admitMachine(
          directory,
          limits,
          { clientId: client, scopes: [scope], onBehalfOf: user === client ? undefined : user },
          scope,
          origin,
        );
  return admitted.catch((refusal: unknown) => {
    // Advice on signing in, or on a token, would mean nothing to a player.
    throw refusal instanceof SluiceError && !(refusal instanceof Barred) ? errors.linkRefused() : refusal;
  });
}

/**
 * The file behind a checked entry, decided anew at every call: the holder may still read it, and it still has the content
 * that the entry is for.
 * @throws not_found
 */
export async function streamedFile(
  deps: AccessDeps,
  holder: Caller,
  fileId: string,
  { version }: StreamGrant,
): Promise<FileRecord> {
  const file = await requireAccess(deps, holder, fileId, 'read');
  if (file.version !== version) throw errors.noVersion(version, file.version);
  return file;
}
