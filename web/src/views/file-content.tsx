import type { FileRecord } from '../../../client/index.ts';
import { securityWords } from '../words/details.ts';
import { formatCount, plural } from '../words/format.ts';
import { renditionName } from '../words/renditions.ts';
import { AlertIcon, CheckIcon, KindIcon } from './icons.tsx';
import { RenditionImage } from './rendition-image.tsx';

interface PagesProps {
  readonly file: FileRecord;
  /** The one that is shown large; undefined: the file's preview. */
  readonly chosen: string | undefined;
  readonly onChoose: (page: string) => void;
}

/** A document's first pages, to be looked at one after the other. */
export function Pages({ file, chosen, onChoose }: PagesProps) {
  const pages = file.renditions
    .filter(({ name, status }) => /^page-\d+$/.test(name) && status === 'ready')
    .map(({ name }) => name);
  if (pages.length < 2) return null;
  return (
    <ul class="pages" aria-label="Pages">
      {pages.map((page) => (
        <li key={page}>
          <button
            type="button"
            class="page-thumb"
            aria-label={renditionName(page)}
            aria-pressed={page === (chosen ?? pages[0])}
            onClick={() => onChoose(page)}
            data-testid="page-thumb"
            data-name={page}
          >
            <RenditionImage
              key={file.version}
              fileId={file.id}
              version={file.version}
              rendition={page}
              alt=""
            >
              <KindIcon kind="text" />
            </RenditionImage>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Security({ file }: { file: FileRecord }) {
  const words = securityWords(file.media?.details?.security);
  if (!words) return null;
  return (
    <section class={`security ${words.isHarmless ? 'tone-good' : 'tone-wait'}`} data-testid="security">
      <h3>
        {words.isHarmless ? <CheckIcon /> : <AlertIcon />}
        Before you open it
      </h3>
      <ul>
        {words.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

/** Behind a disclosure: it is long, and what most people look for stands above it. */
export function TextExcerpt({ file }: { file: FileRecord }) {
  const { excerpt, characters } = file.media?.text ?? {};
  if (!excerpt || characters === undefined) return null;
  const shown = [...excerpt].length;
  return (
    <details class="disclosure" aria-label="Text" data-testid="text-excerpt">
      <summary>
        Text <span class="muted">{plural(characters, 'character')}</span>
      </summary>
      <pre class="excerpt">{excerpt}</pre>
      {shown < characters && <p class="muted">The first {formatCount(shown)} characters.</p>}
    </details>
  );
}
