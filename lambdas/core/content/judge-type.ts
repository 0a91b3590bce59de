import type { Detected, TextTraits } from './detected.ts';
import {
  canonicalMimeType,
  contentType,
  extensionOf,
  mimeTypeAllowed,
  octetStream,
  svgType,
} from './mime-types.ts';

export interface TypeClaim {
  /** The MIME type that the client declared. */
  readonly declared: string;
  readonly filename: string;
  readonly detected: Detected;
  /** MIME types and groups that tier and policy allow; left out, the declared type counts as allowed already. */
  readonly allowed?: readonly string[];
  /** What the policy says of SVG; left out, it is refused. */
  readonly svg?: 'rasterize' | 'reject';
}

export type TypeVerdict =
  | {
      readonly verdict: 'accepted';
      /** The inspected type: what the object is stored and served as. */
      readonly mimeType: string;
      /** Of the inspected type, with its dot; empty for a type without a usual one. */
      readonly extension: string;
      /** For the Content-Type of text whose encoding is certain. */
      readonly charset?: 'utf-8' | 'utf-16le' | 'utf-16be';
    }
  | {
      readonly verdict: 'refused';
      readonly reason: 'type_mismatch' | 'active_content';
      readonly detail: string;
    };

/**
 * Whether a file is what its uploader said it is. The rules, first match wins:
 *
 * 1. application/octet-stream, where it is allowed, stays application/octet-stream whatever the bytes are: a browser
 *    saves it and neither shows nor runs it.
 * 2. Types that browsers run (HTML, scripts) are refused under their own names: octet-stream is their way in. So are
 *    file names by which a desktop would run whatever is inside. SVG is accepted where the policy has it rasterized:
 *    text whose root is `svg`, which is never shown as it is.
 * 3. An empty file is valid plain text, CSV and Markdown; every other type has bytes that must be there.
 * 4. Text types must be text, and must not begin as something that a browser would run. JSON must begin like JSON,
 *    XML like XML. Neither is parsed.
 * 5. Any other type must show its signature, or a signature of its family; the stored type is then what the bytes
 *    say. A type whose signature nobody knows is taken at its word only when the bytes have none either.
 *
 * The stored type must be allowed as well, not only the declared one.
 */
export function judgeType(claim: TypeClaim): TypeVerdict {
  const verdict = judge(canonicalMimeType(claim.declared), claim);
  if (verdict.verdict === 'accepted' && claim.allowed && !mimeTypeAllowed(verdict.mimeType, claim.allowed)) {
    return refuse(`${verdict.mimeType} is not allowed`);
  }
  return verdict;
}

function judge(declared: string, claim: TypeClaim): TypeVerdict {
  const { filename, detected } = claim;
  if (declared === octetStream) return accept(octetStream);
  if (declared === svgType) return judgeSvg(claim);
  if (activeTypes.has(declared)) return refuse(`${declared} is accepted as ${octetStream} only`);
  if (activeNames.test(filename)) return refuse(`the file name's extension does not belong to ${declared}`);
  if (detected.kind === 'empty') {
    return mayBeEmpty.has(declared) ? accept(declared) : refuse(`an empty file is not ${declared}`);
  }
  if (isTextual(declared)) return judgeText(declared, detected);
  if (isExcelsCsv(declared, filename, detected)) return judgeText('text/csv', detected);
  return judgeBinary(declared, detected);
}

/** Run or rendered by browsers, under the origin that serves them. */
const activeTypes = new Set([
  'text/html',
  'application/xhtml+xml',
  'text/javascript',
  'application/javascript',
  'application/x-javascript',
  'application/ecmascript',
  'text/ecmascript',
  'text/xsl',
  'application/xslt+xml',
  'multipart/related',
  'message/rfc822',
  'application/x-shockwave-flash',
]);

/** Run by a double click, or opened in a browser as a local page. */
const activeNames =
  /\.(?:html?|xhtml?|shtml|mht|mhtml|svgz?|xslt?|hta|exe|com|scr|pif|msi|msp|bat|cmd|vbs|vbe|jse|wsf|wsh|ps1|psm1|lnk|url|reg|cpl|jar|apk|chm|app|dmg|pkg|deb|rpm)[. ]*$/i;

function judgeSvg({ filename, detected, svg }: TypeClaim): TypeVerdict {
  if (svg !== 'rasterize') {
    return { verdict: 'refused', reason: 'active_content', detail: 'SVG is refused by the policy' };
  }
  if (activeNames.test(filename) && !/\.svg$/i.test(filename)) {
    return refuse(`the file name's extension does not belong to ${svgType}`);
  }
  const isSvg = detected.kind === 'text' && detected.isSvg === true;
  return isSvg ? accept(svgType) : refuse(`declared ${svgType}, found ${describe(detected)}`);
}

const mayBeEmpty = new Set(['text/plain', 'text/csv', 'text/markdown']);

const isTextual = (type: string): boolean =>
  type.startsWith('text/') || type === 'application/json' || type === 'application/xml';

/** Windows with Excel installed calls every .csv an Excel file. */
const isExcelsCsv = (declared: string, filename: string, detected: Detected): boolean =>
  declared === 'application/vnd.ms-excel' && detected.kind === 'text' && /\.csv$/i.test(filename);

function judgeText(declared: string, detected: Detected): TypeVerdict {
  if (detected.kind !== 'text' || !isText(declared, detected)) {
    return refuse(`declared ${declared}, found ${describe(detected)}`);
  }
  return accept(declared, detected.encoding);
}

function isText(declared: string, { jsonLike, html, xml }: TextTraits): boolean {
  switch (declared) {
    case 'application/json':
      return jsonLike;
    case 'application/xml':
      return xml === 'inert';
    case 'text/markdown':
      // A page may quote scripts further down; what counts is how the file begins.
      return html === 'fragment' || (html === 'no' && xml !== 'active');
    default:
      return html === 'no' && xml !== 'active';
  }
}

function judgeBinary(declared: string, detected: Detected): TypeVerdict {
  const known = contentType(declared);
  if (detected.kind !== 'magic') {
    const hasSignature = known !== undefined || signedGroups.test(declared);
    return hasSignature || detected.kind === 'text'
      ? refuse(`declared ${declared}, found ${describe(detected)}`)
      : accept(declared);
  }

  const found = canonicalMimeType(detected.mimeType);
  const signatures = known?.magic ?? [declared];
  if (signatures.includes(detected.mimeType) || found === declared)
    return accept(declared, undefined, detected);
  if (detected.officeOpenXml && declared.startsWith(officeOpenXml)) return accept(declared);
  // Every such document is a zip, and as a zip it is kept.
  if (declared === 'application/zip' && zipBased.test(found)) return accept(declared);
  if (known?.family !== undefined && contentType(found)?.family === known.family) {
    return accept(found, undefined, detected);
  }
  return refuse(`declared ${declared}, found ${found}`);
}

/** No image, video, sound or font goes without a signature. */
const signedGroups = /^(?:image|video|audio|font)\//;
const officeOpenXml = 'application/vnd.openxmlformats-officedocument.';
const zipBased =
  /^application\/(?:epub\+zip|java-archive|vnd\.android\.package-archive|x-xpinstall|vnd\.visio|vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+|vnd\.ms-.+\.macroenabled\.12|vnd\.apple\.(?:keynote|numbers|pages))$|^model\/3mf$/;

function accept(
  mimeType: string,
  encoding?: TextTraits['encoding'],
  detected?: Extract<Detected, { kind: 'magic' }>,
): TypeVerdict {
  const extension = extensionOf(mimeType) || (detected?.extension ?? '');
  const charset = encoding === '8-bit' ? undefined : encoding;
  return { verdict: 'accepted', mimeType, extension, ...(charset && { charset }) };
}

const refuse = (detail: string): TypeVerdict => ({ verdict: 'refused', reason: 'type_mismatch', detail });

function describe(detected: Detected): string {
  switch (detected.kind) {
    case 'magic':
      return detected.mimeType;
    case 'text':
      return detected.html !== 'no' ? 'HTML' : detected.xml === 'active' ? 'active XML' : 'text';
    case 'empty':
      return 'an empty file';
    case 'unknown':
      return 'no known signature';
  }
}
