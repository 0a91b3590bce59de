import type { FileRecord, TimelineEvent } from '../../../client/index.ts';
import { exifFacts } from '../words/exif.ts';
import { eventWords, findingWords } from '../words/files.ts';
import { formatBytes, formatDuration, formatMoment, plural } from '../words/format.ts';

export function Facts({ file }: { file: FileRecord }) {
  const { width, height, duration, pages, exif } = file.media ?? {};
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    ['Size', formatBytes(file.size)],
    ['Type', file.mimeType],
    ['Dimensions', width && height ? `${width} × ${height} px` : undefined],
    ['Length', duration === undefined ? undefined : formatDuration(duration)],
    ['Pages', pages === undefined ? undefined : plural(pages, 'page')],
    ['Folder', file.path],
    ['Uploaded', formatMoment(file.createdAt)],
    ['Original name', file.originalName === file.filename ? undefined : file.originalName],
    ['Tags', file.tags.length === 0 ? undefined : file.tags.join(', ')],
    ['Contains', file.findings?.map(findingWords).join(', ')],
    ['Scanned for malware', file.scan && formatMoment(file.scan.at)],
    ...(exif ? exifFacts(exif) : []),
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

const RENDITION_WORDS = {
  pending: 'in the making',
  ready: 'ready',
  failed: 'failed',
  skipped: 'not needed',
} as const;

export function Renditions({ file }: { file: FileRecord }) {
  if (file.renditions.length === 0) return null;
  return (
    <section>
      <h3>Renditions</h3>
      <ul class="renditions">
        {file.renditions.map((rendition) => (
          <li
            key={rendition.name}
            data-testid="rendition-row"
            data-name={rendition.name}
            data-status={rendition.status}
          >
            <span class="rendition-name">{rendition.name}</span>
            <span class="muted">
              {rendition.status === 'ready' && rendition.width && rendition.height
                ? `${rendition.width} × ${rendition.height}${rendition.size ? ` · ${formatBytes(rendition.size)}` : ''}`
                : RENDITION_WORDS[rendition.status]}
            </span>
          </li>
        ))}
      </ul>
    </section>
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
