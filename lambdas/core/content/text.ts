import { contentHeadBytes, type TextTraits } from './detected.ts';

/**
 * The text that a head is, or undefined when it is binary. Text has no signature: it is what decodes as UTF-8, as
 * UTF-16 with a byte order mark, or else as some 8-bit code page, and holds none of the bytes that the WHATWG MIME
 * Sniffing Standard calls binary (NUL and the control characters besides tab, line ends, form feed and escape).
 * A head of full length may end within a character; a shorter one is the whole file and may not.
 */
export function sniffText(head: Uint8Array): TextTraits | undefined {
  const decoded = decode(head);
  if (!decoded) return undefined;
  const { text, encoding } = decoded;
  return { encoding, jsonLike: encoding !== '8-bit' && jsonStart.test(text), ...markupOf(text) };
}

const jsonStart = /^[\t\n\r ]*(?:[[{"]|-?\d|(?:true|false|null)\b)/;

function decode(head: Uint8Array): { text: string; encoding: TextTraits['encoding'] } | undefined {
  const isWhole = head.length < contentHeadBytes;
  const [first, second] = head;
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff && 'utf-16be';
  const encoding = marked || 'utf-8';
  const text = decodeStrictly(head, encoding, isWhole);
  if (text !== undefined) return holdsBinary(text) ? undefined : { text, encoding };

  const bytes = new TextDecoder('latin1').decode(head);
  return holdsBinary(bytes) ? undefined : { text: bytes, encoding: '8-bit' };
}

/** Without its byte order mark; undefined when the bytes are not of that encoding. */
function decodeStrictly(bytes: Uint8Array, encoding: string, isWhole: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

/** Tab, line feed, form feed, carriage return, escape. */
const textControls = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

function holdsBinary(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && !textControls.has(code)) return true;
  }
  return false;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Elements that make text an HTML document or act by themselves. */
const documentElements = words(
  'html head body title script style iframe frame frameset object embed applet link meta base form input button ' +
    'video audio math svg template noscript marquee',
);
/** Elements that format: the rest of what browsers have taken as a sign of HTML, and what Markdown may begin with. */
const fragmentElements = words(
  'a abbr b blockquote br center code dd details div dl dt em figure font h1 h2 h3 h4 h5 h6 hr i img kbd li ol p ' +
    'picture pre q s section small span strong sub sup table tbody td th thead tr u ul',
);
/** Scripts, style sheets and the namespaces in which a browser gives XML behaviour. */
const activeXml =
  /<\?xml-stylesheet|<(?:[\w.-]+:)?script[\s>/]|http:\/\/www\.w3\.org\/(?:1999\/xhtml|2000\/svg|1999\/XSL\/Transform)/i;

function markupOf(text: string): Pick<TextTraits, 'html' | 'xml' | 'isSvg'> {
  const { rest, declaresXml, hasComment, doctype } = skipProlog(text);
  const element = /^<(?:[\w.-]+:)?([a-z][\w.-]*)/i.exec(rest)?.[1]?.toLowerCase();
  const isPage = doctype === 'html' || doctype === 'svg' || element === 'html' || element === 'svg';

  const isXml = declaresXml || doctype !== undefined || element !== undefined;
  const xml = !isXml ? 'no' : isPage || activeXml.test(text) ? 'active' : 'inert';
  if (isPage) return { html: 'document', xml, ...(element === 'svg' && { isSvg: true }) };
  if (declaresXml) return { html: 'no', xml };
  if (element !== undefined && documentElements.has(element)) return { html: 'document', xml };
  // A comment without end hides what follows it from us, not from a browser.
  const isFragment =
    element === undefined ? hasComment || rest.startsWith('<!') : fragmentElements.has(element);
  return { html: isFragment ? 'fragment' : 'no', xml };
}

/** What stands before the first element: white space, comments, processing instructions, a document type. */
function skipProlog(text: string) {
  // Bounded names: nothing here may backtrack over the whole head.
  const part =
    /\s+|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!doctype(?:\s+([\w:.-]{1,64})(?![\w:.-]))?[^[>]*(?:\[[^\]]*\]\s*)?>/iy;
  const maxTagChars = 256;
  let declaresXml = false;
  let hasComment = false;
  let doctype: string | undefined;
  let at = 0;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    at = part.lastIndex;
    declaresXml ||= match[0].startsWith('<?');
    hasComment ||= match[0].startsWith('<!--');
    doctype ??= match[1]?.toLowerCase();
  }
  return { rest: text.slice(at, at + maxTagChars), declaresXml, hasComment, doctype };
}
