import { formatBytes, plural } from '../../words/format.ts';

interface Row {
  readonly name: string;
  readonly bytes: number;
  readonly uploads?: number;
  readonly files?: number;
}

const SHOWN = 8;

/** What the list is ordered by: uploads where it counts them. */
const rankOf = ({
  uploads,
  bytes,
}: {
  readonly uploads?: number | undefined;
  readonly bytes: number;
}): number => uploads ?? bytes;

/** The largest of something, each with its share of the largest. */
export function RankedList({ title, rows }: { title: string; rows: readonly Row[] }) {
  const shown = rows.slice(0, SHOWN);
  const most = Math.max(1, ...shown.map(rankOf));
  return (
    <section class="panel rank" aria-label={title} data-testid="ranked" data-title={title}>
      <h3>{title}</h3>
      {shown.length === 0 && <p class="muted">Nothing in this window.</p>}
      <ol>
        {shown.map(({ name, bytes, uploads, files }) => (
          <li key={name}>
            <span class="rank-name ellipsis">{name}</span>
            <span class="muted">
              {uploads === undefined ? plural(files ?? 0, 'file') : plural(uploads, 'upload')} ·{' '}
              {formatBytes(bytes)}
            </span>
            <progress aria-hidden="true" max={most} value={rankOf({ bytes, uploads })} />
          </li>
        ))}
      </ol>
      {rows.length > SHOWN && <p class="muted">and {rows.length - SHOWN} more</p>}
    </section>
  );
}
