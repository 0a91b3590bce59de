import { maxNameBytes } from './bounds.ts';
import { refuse } from './judged.ts';

/**
 * Refuses a name that would leave the folder into which somebody unpacks. A backslash separates as a slash does: so
 * .NET wrote zips for years, and so Windows reads them.
 */
export function checkName(name: string): void {
  if (name === '') refuse('malformed', 'an entry of the archive has no name');
  if (name.length > maxNameBytes) {
    refuse('malformed', `an entry's name is longer than ${maxNameBytes} bytes`);
  }
  if (name.includes('\0')) refuse('malformed', "an entry's name holds a zero byte");
  if (/^[/\\]/.test(name)) refuse('malformed', 'an entry has an absolute path');
  if (/^[a-z]:/i.test(name)) refuse('malformed', "an entry's path begins with a drive letter");
  if (leavesRoot(name)) refuse('malformed', "an entry's path leads out of the archive");
}

/** Windows drops dots and spaces at the end of a segment, so that ".. " climbs as well. */
const leavesRoot = (path: string): boolean =>
  path.split(/[/\\]/).some((segment) => /^\.\.[. ]*$/.test(segment));

/** Refuses a link that points out of the archive. `from`: the folder that the target is relative to. */
export function checkLink(target: string, from: string): void {
  if (/^[/\\]|^[a-z]:/i.test(target)) refuse('malformed', 'a link in the archive has an absolute target');
  let depth = from.split('/').filter(isFolder).length;
  for (const segment of target.split(/[/\\]/)) {
    depth += segment === '..' ? -1 : isFolder(segment) ? 1 : 0;
    if (depth < 0) refuse('malformed', 'a link in the archive leads out of it');
  }
}

const isFolder = (segment: string): boolean => segment !== '' && segment !== '.';

/** The one spelling of a path that is unpacked to the same place. */
export const unpackedAs = (name: string): string => name.split(/[/\\]/).filter(isFolder).join('/');
