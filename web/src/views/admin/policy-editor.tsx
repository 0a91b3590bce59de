import { useState } from 'preact/hooks';
import type { Tenant, TenantChange } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { formatBytes, formatCount } from '../../words/format.ts';
import { ErrorNotice } from '../notice.tsx';

/**
 * The policy as it holds, and as the tenant says it: JSON, because it is a document of two dozen fields, of which
 * lists and profiles are the longest. The API checks it, and its sentence says what is wrong.
 */
export function PolicyEditor({ tenant, onChange }: { tenant: Tenant; onChange: () => void }) {
  const { admin } = useConsole().client;
  const said = JSON.stringify(tenant.policy, undefined, 2);
  const [text, setText] = useState(said);
  const [error, setError] = useState<unknown>(undefined);
  const [malformed, setMalformed] = useState<string | undefined>(undefined);
  const [saved, setSaved] = useState(false);

  const save = async () => {
    setError(undefined);
    setMalformed(undefined);
    setSaved(false);
    const policy = parsed(text);
    if (typeof policy === 'string') {
      setMalformed(policy);
      return;
    }
    try {
      // What was taken out of the text goes back to its default.
      const removed = Object.keys(tenant.policy).filter((field) => !(field in policy));
      const change = { ...policy, ...Object.fromEntries(removed.map((field) => [field, null])) };
      const after = await admin.changeTenant(tenant.tenantId, { policy: change as TenantChange['policy'] });
      setText(JSON.stringify(after.policy, undefined, 2));
      setSaved(true);
      onChange();
    } catch (cause) {
      setError(cause);
    }
  };

  return (
    <div class="panel policy" data-testid="policy">
      <div>
        <h3>Policy in force</h3>
        <dl class="policy-facts" data-testid="policy-in-force">
          {Object.entries(tenant.effectivePolicy).map(([field, value]) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd>{shown(field, value)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div class="form">
        <h3>What this tenant says itself</h3>
        <label class="field">
          <span class="field-help">
            JSON; what is not here comes from its tier and the defaults. Taking a field out puts it back.
          </span>
          <textarea
            class="policy-text"
            spellcheck={false}
            rows={14}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            data-testid="policy-text"
          />
        </label>
        {malformed !== undefined && (
          <p class="notice" role="alert" data-testid="policy-malformed">
            This is not JSON: {malformed}
          </p>
        )}
        {error !== undefined && <ErrorNotice error={error} />}
        <div class="panel-actions">
          <button
            type="button"
            class="button button-primary"
            disabled={text === said}
            onClick={() => void save()}
            data-testid="save-policy"
          >
            Save policy
          </button>
          <button type="button" class="button" disabled={text === said} onClick={() => setText(said)}>
            Undo
          </button>
          {saved && (
            <span class="muted" role="status" data-testid="policy-saved">
              Saved; it holds from now on
            </span>
          )}
        </div>
      </div>
    </div>
  );
}

/** The object that the text holds, or why it holds none. */
function parsed(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    return 'it has to be an object';
  } catch (error) {
    return (error as Error).message;
  }
}

const BYTE_FIELDS: ReadonlySet<string> = new Set(['maxBytes', 'maxFileSize', 'bytesPerUser', 'bytesPerHour']);

/** As people read it; the text beside it has the exact numbers. */
function shown(field: string, value: unknown): string {
  if (value === null) return 'no bound';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return BYTE_FIELDS.has(field) ? formatBytes(value) : formatCount(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value !== 'object') return String(value);
  // Profiles by their names, restrictions by theirs and what they hold.
  const entries = Object.entries(value as object);
  return entries.length === 0
    ? 'none'
    : entries.map(([name, of]) => (Array.isArray(of) ? `${name}: ${of.join(', ')}` : name)).join('; ');
}
