import type { ByteSource, Finding, StructureContext, StructureInspector } from '../structure.ts';
import { inspectGzip } from './gzip.ts';
import { giveUp, judge, refuse } from './judged.ts';
import { inspectLegacyOffice } from './legacy-office.ts';
import type { ArchiveKind, Looking } from './looking.ts';
import { inspectTar } from './tar.ts';
import { inspectZip } from './zip.ts';

const zipTypes =
  /^(?:application\/(?:zip|epub\+zip|java-archive|x-xpinstall|vnd\.android\.package-archive|vnd\.visio|vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+|vnd\.ms-.+\.macroenabled\.12|vnd\.apple\.(?:keynote|numbers|pages))|model\/3mf)$/;
const compoundTypes = /^application\/(?:x-cfb|msword|vnd\.ms-(?:excel|powerpoint))$/;
/** Archives, images of disks and compressed streams that nobody here opens. */
const closedTypes =
  /^application\/(?:vnd\.rar|x-rar-compressed|x-7z-compressed|x-bzip2|x-xz|zstd|lzip|x-lz4|x-compress|vnd\.ms-cab-compressed|x-arj|x-lzh-compressed|x-ace-compressed|x-cpio|x-unix-archive|x-deb|x-rpm|x-iso9660-image|x-apple-diskimage|x-asar|x-google-chrome-extension)$/;

const kinds: readonly (readonly [types: RegExp, kind: ArchiveKind])[] = [
  [zipTypes, 'zip'],
  [/^application\/x-tar$/, 'tar'],
  [/^application\/gzip$/, 'gzip'],
  [closedTypes, 'closed'],
];

/** Everything that is an archive or packed as one. */
export const archiveTypes = new RegExp(
  [...kinds.map(([types]) => types), compoundTypes].map(({ source }) => source).join('|'),
);

/** By what the bytes show: an encrypted Word document is no zip, whatever it is called. */
export const inspectArchive: StructureInspector = (source, context) => {
  const findings = new Set<Finding>();
  return judge(context.rules, async () => {
    const shown = context.detected.kind === 'magic' ? context.detected.mimeType : context.mimeType;
    if (compoundTypes.test(shown)) await inspectLegacyOffice(source, context, findings);
    else await lookInto(source, kindOfType(shown), lookingFrom(source, context, findings));
    return findings;
  });
};

function kindOfType(shown: string): ArchiveKind {
  const kind = kinds.find(([types]) => types.test(shown))?.[1];
  return kind ?? refuse('type_mismatch', `${shown} is no archive`);
}

const lookingFrom = (source: ByteSource, context: StructureContext, findings: Set<Finding>): Looking => ({
  context,
  findings,
  objectBytes: source.size,
  depth: 0,
  tally: { entries: 0, inflatedBytes: 0, inflatedHereBytes: 0, nestedReads: 0 },
  lookInto,
});

async function lookInto(source: ByteSource, kind: ArchiveKind, looking: Looking): Promise<void> {
  switch (kind) {
    case 'zip':
      return inspectZip(source, looking);
    case 'tar':
      return inspectTar(source, looking);
    case 'gzip':
      return inspectGzip(source, looking);
    case 'closed':
      return giveUp('archives of this format cannot be opened here');
  }
}
