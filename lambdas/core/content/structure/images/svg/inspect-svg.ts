import type { ByteSource, Finding, StructureInspector } from '../../structure.ts';
import { bomb, ImageRefused, malformed } from '../header-reader.ts';
import { type Markup, markupOf } from './markup.ts';
import { References } from './references.ts';

const MiB = 1024 * 1024;
/** Drawings of that size are maps and traced photos; a renderer takes tens of times as much memory. */
export const maxSvgBytes = 5 * MiB;
const readBytes = 2 * MiB;
const maxElements = 100_000;
/** Editors nest some dozens; XML libraries give up at 256. */
const maxDepth = 200;
/** CSS pixels of a side. Renditions are drawn in their own size whatever it is, viewers open the whole. */
const maxSidePixels = 100_000;

/** Filters whose cost grows with the square of these: far above what an editor offers. */
const filterBounds: readonly (readonly [element: string, attribute: string, max: number])[] = [
  ['femorphology', 'radius', 200],
  ['feconvolvematrix', 'order', 50],
  ['feturbulence', 'numoctaves', 32],
  ['fegaussianblur', 'stddeviation', 10_000],
];

/**
 * An SVG is a program for whoever shows it as a page. Sluice serves the original as an attachment alone and draws renditions
 * in a process of their own; here is found what it would do elsewhere, and refused what would take a renderer down.
 */
export const inspectSvg: StructureInspector = async (source, { rules }) => {
  try {
    const findings = findingsOf(await textOf(source));
    const active = findings.length > 0 && rules.activeContent === 'reject';
    if (!active) return { verdict: 'sound', findings };
    const detail = `an SVG with ${findings.join(', ')}; the policy allows drawings alone`;
    return { verdict: 'refused', reason: 'active_content', detail };
  } catch (error) {
    if (!(error instanceof ImageRefused)) throw error;
    return { verdict: 'refused', reason: error.reason, detail: error.message };
  }
};

/** Encodings in which every ASCII character is itself, so that all readers see the same markup. */
const encodings: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'iso-8859-1': 'latin1',
  'iso-8859-15': 'latin1',
  'windows-1252': 'latin1',
};

async function textOf(source: ByteSource): Promise<string> {
  if (source.size > maxSvgBytes) throw bomb(`an SVG of more than ${maxSvgBytes} bytes`);
  const bytes = new Uint8Array(source.size);
  for (let at = 0; at < source.size; at += readBytes) bytes.set(await source.read(at, readBytes), at);
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 256));
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']/.exec(beginning)?.[1];
  const encoding = encodings[(declared ?? 'utf-8').toLowerCase()];
  if (!encoding) throw malformed(`an SVG in ${declared}: save it as UTF-8`);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw malformed('an SVG whose characters are not of its encoding');
  }
}

function findingsOf(text: string): Finding[] {
  const findings = new Set<Finding>();
  const references = new References();
  const opened: string[] = [];
  let elements = 0;
  for (const part of markupOf(text)) {
    if (part.kind === 'instruction' && part.name === 'xml-stylesheet') findings.add('external_references');
    if (part.kind === 'text') {
      if (opened.length === 0 && part.text.trim() !== '') throw malformed('text outside of the drawing');
      if (opened.at(-1) === 'style') inspectStyle(part.text, findings);
    }
    if (part.kind === 'close') {
      if (opened.pop() !== part.name) throw malformed('an SVG that is not well-formed');
      references.close();
    }
    if (part.kind !== 'open') continue;
    if (opened.length === 0) refuseRoot(part, elements);
    elements += 1;
    if (elements > maxElements) throw bomb(`an SVG of more than ${maxElements} elements`);
    if (opened.length >= maxDepth) throw bomb(`an SVG nested deeper than ${maxDepth} elements`);
    inspectElement(part, findings);
    references.open(part.attributes.get('id'), targetsOf(part), !describing.test(part.name));
    if (part.isEmpty) references.close();
    else opened.push(part.name);
  }
  if (opened.length > 0 || elements === 0) throw malformed('an SVG that does not end');
  references.refuseTooMuch();
  return [...findings];
}

type Element = Extract<Markup, { kind: 'open' }>;

function refuseRoot({ name, attributes }: Element, before: number): void {
  if (name !== 'svg' || before > 0) throw malformed('a document that is not one SVG');
  for (const side of ['width', 'height']) {
    const pixels = cssPixels(attributes.get(side));
    if (pixels > maxSidePixels) throw new ImageRefused('pixels_exceeded', `a ${side} of ${pixels} pixels`);
  }
}

const pixelsOfUnit: Readonly<Record<string, number>> = {
  px: 1,
  pt: 96 / 72,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  em: 16,
  ex: 8,
};

/** 0 where it is relative, or nothing at all. */
function cssPixels(length: string | undefined): number {
  const [, number, unit = ''] =
    /^\+?((?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,3})?)\s*([a-z%]*)$/i.exec(length?.trim() ?? '') ?? [];
  if (number === undefined || unit === '%') return 0;
  return Number(number) * (pixelsOfUnit[unit.toLowerCase()] ?? 1);
}

const embedding = new Set(['foreignobject', 'iframe', 'embed', 'object', 'audio', 'video']);

function inspectElement({ name, attributes }: Element, findings: Set<Finding>): void {
  if (name === 'script' || name === 'handler') findings.add('javascript');
  if (embedding.has(name)) findings.add('embedded_files');
  for (const [attribute, value] of attributes) {
    const local = attribute.slice(attribute.indexOf(':') + 1);
    if (/^on[a-z]/.test(local) || isScript(value)) findings.add('javascript');
    // A link is followed by whoever clicks it; everything else is loaded by whoever opens the file.
    const isLoaded = (local === 'href' || local === 'src') && name !== 'a';
    if (isLoaded && isExternal(value)) findings.add('external_references');
    if (value.includes('(')) inspectStyle(value, findings);
  }
  for (const [element, attribute, max] of filterBounds) {
    const value = element === name ? attributes.get(attribute) : undefined;
    if (value?.split(/[\s,]+/).some((number) => Number(number) > max)) {
      throw bomb(`a filter with a ${attribute} of ${value.slice(0, 40)}`);
    }
  }
}

/** Browsers pass over white space and control characters within the scheme. */
const isScript = (value: string): boolean => {
  const scheme = value
    .slice(0, 64)
    .replaceAll(/[\s\p{Cc}]/gu, '')
    .toLowerCase();
  return /^(?:javascript:|vbscript:|data:text\/html|data:application\/xhtml)/.test(scheme);
};

const isExternal = (address: string): boolean => !/^\s*(?:#|$|data:image\/[\w.+-]+[;,])/i.test(address);

function inspectStyle(css: string, findings: Set<Finding>): void {
  if (/@import/i.test(css)) findings.add('external_references');
  for (const [, address = ''] of css.matchAll(/url\(\s*["']?([^"')]{0,64})/gi)) {
    if (isExternal(address) && !/^\s*data:(?:font|application\/(?:x-)?font)/i.test(address)) {
      findings.add('external_references');
    }
  }
}

const describing = /^(?:lineargradient|radialgradient|stop|filter|fe[a-z]+|style|title|desc|metadata)$/;

const drawing = new Set(['use', 'tref', 'mpath', 'feimage', 'pattern', 'image']);

/** Ids of what an element has drawn in its place. */
function targetsOf({ name, attributes }: Element): string[] {
  const targets: string[] = [];
  for (const [attribute, value] of attributes) {
    const isReference = attribute === 'href' || attribute.endsWith(':href');
    if (isReference && drawing.has(name) && value.startsWith('#')) targets.push(value.slice(1));
    for (const [, id = ''] of value.includes('url(') ? value.matchAll(/url\(\s*["']?#([^"')\s]+)/gi) : []) {
      targets.push(id);
    }
  }
  return targets;
}
