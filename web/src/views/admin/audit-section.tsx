import { useState } from 'preact/hooks';
import type { AuditPage, AuditRecord } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useLoaded } from '../../state/loaded.ts';
import { formatMoment } from '../../words/format.ts';
import { ErrorNotice } from '../notice.tsx';
import type { AdminScope } from './admin-page.tsx';
import { WhenLoaded } from './loading.tsx';

const PAGE_RECORDS = 50;
/** From here on a record raises an alert (core/audit/risk.ts). */
const ALERT_RISK = 0.7;
const SUSPICIOUS_RISK = 0.4;

const OPERATIONS = ['upload', 'download', 'delete', 'share', 'sensitive_access', 'other'] as const;
const OUTCOMES = ['success', 'refused', 'failed'] as const;

interface Filters {
  readonly tenant: string;
  readonly userId: string;
  readonly fileId: string;
  readonly operation: string;
  readonly outcome: string;
  readonly minRisk: string;
}

const noFilters: Filters = { tenant: '', userId: '', fileId: '', operation: '', outcome: '', minRisk: '' };

/** Empty fields filter nothing. */
const queryOf = (filters: Filters) =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '')) as Partial<Filters>;

export function AuditSection({ role }: AdminScope) {
  const { admin } = useConsole().client;
  const [draft, setDraft] = useState(noFilters);
  const [filters, setFilters] = useState(noFilters);
  const loaded = useLoaded(
    (signal) => admin.audit({ ...queryOf(filters), limit: PAGE_RECORDS }, signal),
    JSON.stringify(filters),
  );
  const field = (name: keyof Filters, label: string, placeholder: string) => (
    <label class="field">
      {label}
      <input
        value={draft[name]}
        placeholder={placeholder}
        onInput={(event) => setDraft({ ...draft, [name]: event.currentTarget.value.trim() })}
        data-testid={`audit-${name}`}
      />
    </label>
  );
  const choice = (name: keyof Filters, label: string, values: readonly string[]) => (
    <label class="field">
      {label}
      <select
        value={draft[name]}
        onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
        data-testid={`audit-${name}`}
      >
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section aria-label="Audit" class="admin-section">
      <form
        class="panel audit-filters"
        onSubmit={(event) => {
          event.preventDefault();
          setFilters(draft);
          if (draft === filters) loaded.reload();
        }}
      >
        {role === 'root' && field('tenant', 'Tenant', 'own')}
        {field('userId', 'User', 'any')}
        {field('fileId', 'File', 'any')}
        {choice('operation', 'Operation', OPERATIONS)}
        {choice('outcome', 'Outcome', OUTCOMES)}
        {choice('minRisk', 'Risk from', ['0.2', '0.4', '0.7'])}
        <button type="submit" class="button button-primary" data-testid="audit-search">
          Search
        </button>
      </form>
      <WhenLoaded loaded={loaded}>
        {(page) => <Records key={pageKey(page)} first={page} filters={filters} />}
      </WhenLoaded>
    </section>
  );
}

/** Another first page has other pages after it. */
const pageKey = ({ records, nextCursor }: AuditPage): string => `${records[0]?.recordId} ${nextCursor}`;

function Records({ first, filters }: { first: AuditPage; filters: Filters }) {
  const { admin } = useConsole().client;
  const [more, setMore] = useState<{ records: readonly AuditRecord[]; nextCursor: string | undefined }>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const records = [...first.records, ...(more?.records ?? [])];
  const cursor = more ? more.nextCursor : first.nextCursor;

  const loadMore = async () => {
    setError(undefined);
    setBusy(true);
    try {
      const page = await admin.audit({ ...queryOf(filters), limit: PAGE_RECORDS, cursor });
      setMore({ records: [...(more?.records ?? []), ...page.records], nextCursor: page.nextCursor });
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="panel table-scroll">
      <table class="table" data-testid="audit-records">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Who</th>
            <th scope="col">From</th>
            <th scope="col">File</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">
              Risk
            </th>
            <th scope="col">Sealed</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr
              key={record.recordId}
              data-testid="audit-record"
              data-record={record.recordId}
              data-type={record.type}
            >
              <td>
                <time dateTime={record.at}>{formatMoment(record.at)}</time>
              </td>
              <td>{record.type}</td>
              <td class="who">{whoOf(record)}</td>
              <td>{[record.actor.address, record.actor.country].filter(Boolean).join(' ') || '–'}</td>
              <td>{record.fileId ? <code>{record.fileId}</code> : '–'}</td>
              <td>{record.outcome}</td>
              <td class="number" title={record.factors.join(', ') || undefined}>
                <span class={`badge tone-${toneOfRisk(record.risk)}`}>{record.risk.toFixed(2)}</span>
              </td>
              <td>{record.seq === undefined ? 'not yet' : `#${record.seq}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {records.length === 0 && (
        <p class="muted table-empty" data-testid="audit-empty">
          No record fits. Records appear here some seconds after what they tell of.
        </p>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      {cursor && (
        <div class="load-more">
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void loadMore()}
            data-testid="audit-more"
          >
            {busy ? 'Loading…' : 'Load more'}
          </button>
        </div>
      )}
    </div>
  );
}

function whoOf({ actor }: AuditRecord): string {
  const user = actor.userId ?? actor.kind;
  return actor.clientId ? `${actor.clientId} for ${user}` : user;
}

const toneOfRisk = (risk: number): string =>
  risk > ALERT_RISK ? 'bad' : risk >= SUSPICIOUS_RISK ? 'wait' : 'off';
