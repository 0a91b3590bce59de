import { bomb, malformed } from '../header-reader.ts';

export type Markup =
  | {
      readonly kind: 'open';
      /** Without its prefix, in lower case: browsers that repair a document do not mind either. */
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly isEmpty: boolean;
    }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  /** `<?name text?>`. */
  | { readonly kind: 'instruction'; readonly name: string; readonly text: string };

const doctype = /<!DOCTYPE\s[^[>]*(?:\[([^\]]*)\]\s*)?>/y;
// Where the name ends is certain, so that what never closes is gone over once.
const instruction = /<\?([^\s?]+)(?=[\s?])([^?]*(?:\?(?!>)[^?]*)*)\?>/y;
const close = /<\/([^\s<>/]+)\s*>/y;
const open = /<([^\s<>/!?"'=]+)/y;
const attribute = /\s+([^\s=<>/"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;

/**
 * The markup of an XML document from front to back, in one pass. Strict where leniency would let two readers see two
 * documents; whether names and namespaces are right is left to the renderer. @throws ImageRefused
 */
export function* markupOf(text: string): Generator<Markup> {
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (end > at) yield { kind: 'text', text: text.slice(at, end) };
    if (next < 0) return;
    if (text.startsWith('<!--', next)) at = behind(text, '-->', next + 4);
    else if (text.startsWith('<![CDATA[', next)) {
      at = behind(text, ']]>', next + 9);
      yield { kind: 'text', text: text.slice(next + 9, at - 3) };
    } else if (text.startsWith('<!', next)) {
      const found = match(doctype, text, next);
      if (found[1] !== undefined && declaresAnything(found[1])) {
        throw bomb('an SVG that declares entities of its own: save it without a document type');
      }
      at = doctype.lastIndex;
    } else if (text.startsWith('<?', next)) {
      const [, name = '', rest = ''] = match(instruction, text, next);
      at = instruction.lastIndex;
      yield { kind: 'instruction', name: name.toLowerCase(), text: rest };
    } else if (text.startsWith('</', next)) {
      const [, name = ''] = match(close, text, next);
      at = close.lastIndex;
      yield { kind: 'close', name: localName(name) };
    } else {
      const [, name = ''] = match(open, text, next);
      const attributes = readAttributes(text, open.lastIndex);
      const [, slash] = match(tagEnd, text, attributes.end);
      at = tagEnd.lastIndex;
      yield { kind: 'open', name: localName(name), attributes: attributes.values, isEmpty: slash === '/' };
    }
  }
}

/** Beside comments; one without end is none. Each character is gone over once, however many comments begin. */
function declaresAnything(subset: string): boolean {
  for (let at = 0; ; ) {
    const comment = subset.indexOf('<!--', at);
    if (/<!|%/.test(subset.slice(at, comment < 0 ? undefined : comment))) return true;
    if (comment < 0) return false;
    const end = subset.indexOf('-->', comment + 4);
    if (end < 0) return true;
    at = end + 3;
  }
}

function behind(text: string, ending: string, from: number): number {
  const at = text.indexOf(ending, from);
  if (at < 0) throw malformed('an SVG whose markup does not end');
  return at + ending.length;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) throw malformed('an SVG that is not well-formed');
  return found;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();

/** By their local names in lower case; of two that differ by their prefix alone (`href`, `xlink:href`) both count. */
function readAttributes(text: string, from: number): { values: Map<string, string>; end: number } {
  const values = new Map<string, string>();
  let end = from;
  for (;;) {
    attribute.lastIndex = end;
    const found = attribute.exec(text);
    if (!found) return { values, end };
    end = attribute.lastIndex;
    const [, name = '', double, single] = found;
    // A namespace is a name, not an address.
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    const local = localName(name);
    values.set(values.has(local) ? name.toLowerCase() : local, decoded(double ?? single ?? ''));
  }
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decoded(value: string): string {
  if (!value.includes('&')) return value;
  return value.replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{1,8}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
