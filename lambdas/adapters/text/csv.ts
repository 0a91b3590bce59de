import Papa from 'papaparse';
import { present, shortNames } from '../documents/details.ts';
import type { Extractor } from '../documents/extraction.ts';
import { looksLikeHeader, TableCollector } from '../documents/table-collector.ts';
import { TextSink } from '../documents/text-sink.ts';
import { decodeText } from './decode.ts';
import { textFacts } from './plain.ts';

/** Rows that tell whether the first one names the columns. */
const judgedRows = 2;

/** A table in text form: its text as it stands, its first rows as a table. */
export const extractCsv: Extractor = async (source, request) => {
  const decoded = decodeText(source, request.charset);
  // What becomes text is all of the file, not what a reader makes of it.
  const facts = textFacts(decoded, decoded.text, request);
  const table = new TableCollector(new TextSink(0));
  const first: string[][] = [];
  let rows = 0;
  let columns = 0;
  let delimiter = '';
  Papa.parse<string[]>(decoded.text, {
    delimiter: request.mimeType === 'text/tab-separated-values' ? '\t' : '',
    delimitersToGuess: [',', ';', '\t', '|'],
    skipEmptyLines: true,
    step: ({ data, meta }) => {
      rows += 1;
      columns = Math.max(columns, data.length);
      delimiter = meta.delimiter;
      if (first.length < judgedRows) first.push(data);
      table.addRow(data);
    },
  });
  const [names] = first;
  return {
    ...facts,
    details: {
      ...facts.details,
      ...present({
        rows,
        columns,
        delimiter: rows > 0 ? delimiter : undefined,
        header: names && looksLikeHeader(first) ? shortNames(names) : undefined,
      }),
    },
    ...(table.sketch && { sketch: table.sketch }),
  };
};
