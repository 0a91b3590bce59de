import { errors, type FieldError } from '../errors.ts';
import { invisibleCharacter } from './invisible-characters.ts';

export interface NameBounds {
  readonly segmentMaxBytes: number;
  readonly pathMaxBytes: number;
}

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

// Control characters (C0, DEL, C1) and line separators can forge log lines and headers; bidi overrides and
// isolates make a name read as another ("gpj.exe"); both are refused rather than repaired.
const controlCharacters = /[\p{Cc}\u2028\u2029]/u;
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const loneSurrogates = /\p{Cs}/u;
const driveLetter = /^[A-Za-z]:$/;

function segmentProblem(segment: string, bounds: NameBounds): string | undefined {
  if (segment === '.' || segment === '..') return 'must not be "." or ".."';
  if (controlCharacters.test(segment)) return 'must not contain control characters';
  if (bidiControls.test(segment)) return 'must not contain characters that change the writing direction';
  if (loneSurrogates.test(segment)) return 'must be well-formed Unicode';
  const invisible = invisibleCharacter(segment);
  if (invisible) return `must not contain the invisible character ${invisible}`;
  if (segment.trim() === '') return 'must not be blank';
  if (segment.includes('\\')) return 'must not contain a backslash';
  if (driveLetter.test(segment)) return 'must not be a drive letter';
  if (utf8Bytes(segment) > bounds.segmentMaxBytes) {
    return `must have at most ${bounds.segmentMaxBytes} bytes in UTF-8`;
  }
  return undefined;
}

const refused = (field: string, detail: string): FieldError => ({ field, code: 'invalid_name', detail });

/** NFC form of a file name. @throws validation_failed */
export function normalizeFilename(raw: string, bounds: NameBounds, field = 'filename'): string {
  const name = raw.normalize('NFC');
  const problem = name.includes('/') ? 'must not contain a slash' : segmentProblem(name, bounds);
  if (problem) throw errors.validation([refused(field, problem)]);
  return name;
}

/**
 * NFC form of a folder path: absolute within the owner's space, `/` for the root, no trailing slash. A missing
 * leading slash and a trailing one are tolerated; empty segments are not.
 * @throws validation_failed
 */
export function normalizePath(raw: string, bounds: NameBounds, field = 'path'): string {
  const trimmed = raw.normalize('NFC').replace(/^\//, '').replace(/\/$/, '');
  if (trimmed === '') return '/';
  for (const segment of trimmed.split('/')) {
    const problem =
      segment === '' ? 'must not contain an empty folder name' : segmentProblem(segment, bounds);
    if (problem) throw errors.validation([refused(field, problem)]);
  }
  const path = `/${trimmed}`;
  if (utf8Bytes(path) > bounds.pathMaxBytes) {
    throw errors.validation([refused(field, `must have at most ${bounds.pathMaxBytes} bytes in UTF-8`)]);
  }
  return path;
}

/** With its dot and in lower case; empty when there is none. */
export function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf('.');
  return dot > 0 ? filename.slice(dot).toLowerCase() : '';
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** `photo.jpg` -> `photo (2).jpg`, the stem cut so that the name stays within its bound. */
export function numberedName(filename: string, n: number, bounds: NameBounds): string {
  const extension = filename.slice(filename.length - extensionOf(filename).length);
  const suffix = ` (${n})${extension}`;
  const stem = filename.slice(0, filename.length - extension.length);
  // By what a reader takes for one character: half an emoji sequence would leave an invisible joiner behind.
  const characters = [...graphemes.segment(stem)].map(({ segment }) => segment);
  while (characters.length > 0 && utf8Bytes(characters.join('') + suffix) > bounds.segmentMaxBytes)
    characters.pop();
  return characters.join('') + suffix;
}
