import { posix } from 'node:path';
import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { Details } from '../../core/files/content-facts.ts';
import { countOf, isoTime, oneLine, present } from '../documents/details.ts';
import type { Extraction } from '../documents/extraction.ts';
import { attribute, readFacts, readXml } from './xml.ts';
import { ZipPackage } from './zip-package.ts';

export interface Relationship {
  readonly id: string;
  /** The last part of its type's address: `officeDocument`, `worksheet`, `slide`. */
  readonly type: string;
  /** Name of the part it leads to. */
  readonly target: string;
}

/** A container of older Office: what is newer is in one only when it has a password. */
const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** @throws DocumentUnreadable `encrypted` for a document behind a password */
export async function openPackage(source: Buffer): Promise<ZipPackage> {
  if (source.subarray(0, compoundFile.length).equals(compoundFile)) {
    throw new DocumentUnreadable('encrypted', 'the document opens with a password only');
  }
  return ZipPackage.open(source);
}

/** Where a part leads to within the package; the empty name is the package itself. */
export async function relationshipsOf(parts: ZipPackage, part: string): Promise<readonly Relationship[]> {
  const { dir, base } = posix.parse(part);
  const found: Relationship[] = [];
  await readXml(parts.read(posix.join(dir, '_rels', `${base}.rels`)), {
    open: (tag) => {
      const [id, type, target] = ['Id', 'Type', 'Target'].map((name) => attribute(tag, name));
      if (tag.local !== 'Relationship' || attribute(tag, 'TargetMode') === 'External') return;
      if (id === undefined || !type || !target) return;
      const name = target.startsWith('/') ? target.slice(1) : posix.join(dir, target);
      found.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: name });
    },
  });
  return found;
}

/** @throws DocumentUnreadable where the package does not say what it is */
export async function mainPartOf(parts: ZipPackage): Promise<string> {
  const main = (await relationshipsOf(parts, '')).find(({ type }) => type === 'officeDocument');
  if (!main || !parts.has(main.target)) {
    throw new DocumentUnreadable('malformed', 'the document lacks its main part');
  }
  return main.target;
}

export interface PackageFacts {
  readonly details: Details;
  /** Pages and slides as the program that wrote it counted them. */
  readonly pages?: number;
  readonly picture?: NonNullable<Extraction['picture']>;
}

/** What the package says of itself beside its main part. What cannot be read of that is left out. */
export async function packageFacts(parts: ZipPackage): Promise<PackageFacts> {
  const related = await relationshipsOf(parts, '');
  const factsOf = async (kind: RegExp): Promise<ReadonlyMap<string, string>> => {
    const part = related.find(({ type }) => kind.test(type));
    return part ? readFacts(parts.read(part.target)).catch(() => new Map()) : new Map();
  };
  const core = await factsOf(/^core-?properties$/i);
  const app = await factsOf(/^extended-?properties$/i);
  const thumbnail = related.find(({ type }) => type === 'thumbnail');
  const picture = thumbnail && (await pictureOf(parts, thumbnail.target));
  const pages = countOf(app.get('Pages')) ?? countOf(app.get('Slides'));
  const program = [app.get('Application'), app.get('AppVersion')].filter(Boolean).join(' ');
  return {
    details: present({
      title: oneLine(core.get('title')),
      author: oneLine(core.get('creator')),
      subject: oneLine(core.get('subject')),
      keywords: oneLine(core.get('keywords')),
      description: oneLine(core.get('description')),
      lastModifiedBy: oneLine(core.get('lastModifiedBy')),
      language: oneLine(core.get('language')),
      creator: oneLine(program),
      createdAt: isoTime(core.get('created')),
      modifiedAt: isoTime(core.get('modified')),
      words: countOf(app.get('Words')),
      characters: countOf(app.get('Characters')),
    }),
    ...(pages !== undefined && { pages }),
    ...(picture && { picture }),
  };
}

/** Of a picture of a first page: PowerPoint's are 20 KB. */
const maxPictureBytes = 4 * 1024 * 1024;

/** A thumbnail, where it is a picture that can be shown: Word keeps drawings of Windows there as well. */
export async function pictureOf(
  parts: ZipPackage,
  name: string,
): Promise<NonNullable<Extraction['picture']> | undefined> {
  const image = await parts.readWhole(name, maxPictureBytes).catch(() => undefined);
  const head = image?.toString('latin1', 0, 4);
  if (!image || !head) return undefined;
  if (head.startsWith('\xff\xd8\xff')) return { image, mimeType: 'image/jpeg' };
  return head === '\x89PNG' ? { image, mimeType: 'image/png' } : undefined;
}
