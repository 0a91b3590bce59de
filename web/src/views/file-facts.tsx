import type { FileRecord, TimelineEvent } from '../../../client/index.ts';
import { detailFacts } from '../words/details.ts';
import { exifFacts } from '../words/exif.ts';
import { eventWords, findingWords } from '../words/files.ts';
import { formatBytes, formatClock, formatMoment, plural } from '../words/format.ts';

export function Facts({ file }: { file: FileRecord }) {
  const { width, height, duration, pages, exif, details } = file.media ?? {};
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    ['Size', formatBytes(file.size)],
    ['Type', file.mimeType],
    ['Category', file.category],
    ['Dimensions', width && height ? `${width} × ${height} px` : undefined],
    ['Length', duration === undefined ? undefined : formatClock(duration)],
    ['Pages', pages === undefined ? undefined : plural(pages, 'page')],
    ['Folder', file.path],
    ['Uploaded', formatMoment(file.createdAt)],
    ['Original name', file.originalName === file.filename ? undefined : file.originalName],
    ['Tags', file.tags.length === 0 ? undefined : file.tags.join(', ')],
    // Of a document its security report says so in sentences.
    ['Contains', details?.security ? undefined : file.findings?.map(findingWords).join(', ')],
    ['Scanned for malware', file.scan && formatMoment(file.scan.at)],
    ...(exif ? exifFacts(exif) : []),
    ...(details ? detailFacts(details) : []),
  ];
  return (
    <dl class="facts" data-testid="file-facts">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Timeline({ events }: { events: readonly TimelineEvent[] | undefined }) {
  return (
    <section>
      <h3>Timeline</h3>
      {events ? (
        <ol class="timeline" data-testid="timeline">
          {events.map((event, index) => (
            <li key={event.eventId ?? index} data-type={event.type}>
              <span>{eventWords(event)}</span>
              <time class="muted" dateTime={event.at}>
                {formatMoment(event.at)}
              </time>
            </li>
          ))}
        </ol>
      ) : (
        <div class="skeleton-line" aria-hidden="true" />
      )}
    </section>
  );
}
