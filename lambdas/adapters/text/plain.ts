import { countText } from '../documents/details.ts';
import type { Extraction, Extractor, ExtractRequest, Sketch } from '../documents/extraction.ts';
import { TextSink } from '../documents/text-sink.ts';
import { type Decoded, decodeText } from './decode.ts';

/** More than a page shows. */
const maxSketchCharacters = 12_000;

/** Text as it stands: plain text, JSON, XML, calendars, contacts, subtitles. */
export const extractPlain: Extractor = async (source, request) => {
  const decoded = decodeText(source, request.charset);
  return { ...textFacts(decoded, decoded.text, request), ...sketchOf(decoded.text) };
};

/** What every text is and says; `text` is what of it is worth finding. */
export function textFacts(
  { text: whole, encoding, confidence }: Decoded,
  text: string,
  { bounds }: ExtractRequest,
): Pick<Extraction, 'details' | 'text' | 'textTruncated'> {
  const sink = new TextSink(bounds.maxTextBytes);
  sink.add(text);
  const kept = sink.toString();
  return {
    details: {
      encoding,
      encodingConfidence: confidence,
      lines: linesOf(whole),
      ...(!sink.isFull && countText(kept)),
    },
    text: kept,
    textTruncated: sink.isFull,
  };
}

/** The last one need not end. */
function linesOf(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function sketchOf(text: string): { sketch?: Sketch } {
  const shown = text.slice(0, maxSketchCharacters);
  if (shown.trim() === '') return {};
  return { sketch: { kind: 'page', fixed: true, blocks: [{ text: shown, style: 'code' }] } };
}
