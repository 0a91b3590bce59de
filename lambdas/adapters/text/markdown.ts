import { marked, type Token, type Tokens } from 'marked';
import { oneLine, present } from '../documents/details.ts';
import type { Extractor, SketchBlock } from '../documents/extraction.ts';
import { PageCollector } from '../documents/page-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { decodeText } from './decode.ts';
import { textFacts } from './plain.ts';

/** Characters that are read as Markdown; what a longer file holds behind them is kept as it stands. */
const maxMarkdownCharacters = 1024 * 1024;
const frontMatter = /^---\n([\s\S]{0,16384}?)\n(?:---|\.\.\.)(?:\n|$)/;

/** Markdown as GitHub reads it: its text without the marks, and its headings. */
export const extractMarkdown: Extractor = async (source, request) => {
  const decoded = decodeText(source, request.charset);
  const matter = frontMatter.exec(decoded.text);
  const body = decoded.text.slice(matter?.[0].length ?? 0);
  const sink = new TextSink(request.bounds.maxTextBytes);
  const page = new PageCollector(sink);
  const headings: { depth: number; text: string }[] = [];
  for (const { text, style, depth } of blocksOf(marked.lexer(body.slice(0, maxMarkdownCharacters)))) {
    if (depth !== undefined) headings.push({ depth, text });
    page.add(text, style);
  }
  sink.add(body.slice(maxMarkdownCharacters));
  const facts = textFacts(decoded, sink.toString(), request);
  const named = /^title:\s*(["']?)(.+?)\1\s*$/m.exec(matter?.[1] ?? '')?.[2];
  return {
    ...facts,
    textTruncated: sink.isFull,
    details: {
      ...facts.details,
      headings: headings.length,
      ...present({ title: oneLine(named ?? headings.find(({ depth }) => depth === 1)?.text) }),
    },
    ...(page.sketch && { sketch: page.sketch }),
  };
};

interface Block extends SketchBlock {
  /** Of a heading. */
  readonly depth?: number;
}

function* blocksOf(tokens: readonly Token[]): Generator<Block> {
  for (const token of tokens) {
    switch (token.type) {
      case 'space':
      case 'hr':
      case 'def':
        break;
      case 'heading': {
        const text = inline(token.tokens ?? []);
        yield { text, style: token.depth === 1 ? 'title' : 'heading', depth: token.depth };
        break;
      }
      case 'list':
        for (const item of (token as Tokens.List).items) yield* blocksOf(item.tokens);
        break;
      case 'blockquote':
        yield* blocksOf(token.tokens ?? []);
        break;
      case 'code':
        yield { text: token.text, style: 'code' };
        break;
      case 'table': {
        const { header, rows } = token as Tokens.Table;
        for (const row of [header, ...rows]) {
          yield { text: row.map((cell) => inline(cell.tokens)).join('\t'), style: 'body' };
        }
        break;
      }
      default: {
        const text =
          token.type === 'html'
            ? withoutTags(token.raw)
            : inline(('tokens' in token && token.tokens) || [token]);
        if (text.trim() !== '') yield { text, style: 'body' };
      }
    }
  }
}

/** The text of what stands in a line. */
function inline(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'br') return '\n';
      if (token.type === 'html') return withoutTags(token.raw);
      if ('tokens' in token && token.tokens) return inline(token.tokens);
      return 'text' in token ? withoutEntities(String(token.text)) : '';
    })
    .join('');
}

const withoutTags = (html: string): string =>
  withoutEntities(html.replaceAll(/<!--[\s\S]*?-->|<[^>]*>/g, ''));

const entities = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: '\u00a0',
  }),
);

const withoutEntities = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (all, decimal, hex, name) => {
    if (name) return entities.get(name.toLowerCase()) ?? all;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
