import type { DocumentPermission, SecurityReport } from '../../core/documents/security.ts';
import type { Details } from '../../core/files/content-facts.ts';
import { isoOf, oneLine, present } from '../documents/details.ts';
import type { DocumentFacts } from './frames.ts';

/** Bits of the permissions of an encrypted document, counted from 1 (ISO 32000-1, table 22). */
const permissionBits: readonly (readonly [bit: number, permission: DocumentPermission])[] = [
  [3, 'print'],
  [4, 'modify'],
  [5, 'copy'],
  [6, 'annotate'],
  [9, 'fill_forms'],
  [10, 'extract_for_accessibility'],
  [11, 'assemble'],
  [12, 'print_high_quality'],
];

export const detailsOf = ({ info, version }: DocumentFacts): Details =>
  present({
    title: oneLine(info.Title),
    author: oneLine(info.Author),
    subject: oneLine(info.Subject),
    keywords: oneLine(info.Keywords),
    creator: oneLine(info.Creator),
    producer: oneLine(info.Producer),
    createdAt: isoDate(info.CreationDate),
    modifiedAt: isoDate(info.ModDate),
    formatVersion: version === undefined ? undefined : `${Math.trunc(version / 10)}.${version % 10}`,
  });

export function securityOf(facts: DocumentFacts): Partial<SecurityReport> {
  const { permissions, signatures } = facts;
  return {
    encrypted: permissions !== undefined,
    ...(permissions !== undefined && {
      permissions: permissionBits
        .filter(([bit]) => permissions & (1 << (bit - 1)))
        .map(([, permission]) => permission),
    }),
    javascript: facts.hasScripts,
    embeddedFiles: facts.hasAttachments,
    forms: facts.hasForm,
    ...(signatures > 0 && { signatures }),
  };
}

const pdfDate =
  /^(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-])(\d{2})'?(?:(\d{2})'?)?)?/;

/** `D:20260131120000+01'00'` as ISO 8601 UTC; a date without a zone is taken as UTC. Undefined for what is no date. */
export function isoDate(text = ''): string | undefined {
  const match = pdfDate.exec(text.trim());
  if (!match) return undefined;
  const [
    ,
    year,
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    ,
    sign,
    zone,
    zoneMinutes = '00',
  ] = match;
  const offset = sign ? `${sign}${zone}:${zoneMinutes}` : 'Z';
  return isoOf(new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`));
}
