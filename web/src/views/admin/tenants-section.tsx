import { useState } from 'preact/hooks';
import type { Tenant } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useLoaded } from '../../state/loaded.ts';
import { formatAgo, plural } from '../../words/format.ts';
import { ErrorNotice } from '../notice.tsx';
import type { AdminScope } from './admin-page.tsx';
import { WhenLoaded } from './loading.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { TenantUsers } from './tenant-users.tsx';

/** Root chooses among all tenants; an admin sees its own. */
export function TenantsSection({ role, tenantId }: AdminScope) {
  const { admin } = useConsole().client;
  const [chosen, setChosen] = useState(tenantId);
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const cursor = cursors.at(-1);
  const list = useLoaded<Awaited<ReturnType<typeof admin.tenants>> | undefined>(
    async (signal) => (role === 'root' ? admin.tenants(cursor, signal) : undefined),
    `${role} ${cursor}`,
  );
  const loaded = useLoaded((signal) => admin.tenant(chosen, signal), chosen);
  const changed = () => {
    loaded.reload();
    list.reload();
  };
  return (
    <section aria-label="Tenants" class="admin-section">
      {role === 'root' && (
        <WhenLoaded loaded={list}>
          {({ tenants, nextCursor }) => (
            <div class="panel table-scroll">
              <table class="table" data-testid="tenants">
                <thead>
                  <tr>
                    <th scope="col">Tenant</th>
                    <th scope="col">Name</th>
                    <th scope="col">Tier</th>
                    <th scope="col">Status</th>
                    <th scope="col" class="number">
                      Users
                    </th>
                    <th scope="col">Created</th>
                  </tr>
                </thead>
                <tbody>
                  {tenants.map((tenant) => (
                    <tr key={tenant.tenantId} data-testid="tenant-row" data-tenant={tenant.tenantId}>
                      <th scope="row">
                        <button
                          type="button"
                          class="link"
                          aria-pressed={tenant.tenantId === chosen}
                          onClick={() => setChosen(tenant.tenantId)}
                        >
                          {tenant.tenantId}
                        </button>
                      </th>
                      <td>{tenant.name}</td>
                      <td>{tenant.tier}</td>
                      <td>
                        <span class={`badge tone-${tenant.status === 'active' ? 'good' : 'bad'}`}>
                          {tenant.status}
                        </span>
                      </td>
                      <td class="number">{tenant.userCount}</td>
                      <td>{formatAgo(tenant.createdAt, Date.now())}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <div class="load-more">
                {cursors.length > 1 && (
                  <button type="button" class="button" onClick={() => setCursors(cursors.slice(0, -1))}>
                    Back
                  </button>
                )}
                {nextCursor && (
                  <button type="button" class="button" onClick={() => setCursors([...cursors, nextCursor])}>
                    More
                  </button>
                )}
              </div>
            </div>
          )}
        </WhenLoaded>
      )}
      <WhenLoaded loaded={loaded}>
        {(tenant) => (
          <>
            <TenantCard key={tenant.tenantId} tenant={tenant} role={role} onChange={changed} />
            <PolicyEditor key={`${tenant.tenantId} policy`} tenant={tenant} onChange={changed} />
            <TenantUsers key={`${tenant.tenantId} users`} tenantId={tenant.tenantId} />
          </>
        )}
      </WhenLoaded>
    </section>
  );
}

function TenantCard({
  tenant,
  role,
  onChange,
}: {
  tenant: Tenant;
  role: AdminScope['role'];
  onChange: () => void;
}) {
  const { admin } = useConsole().client;
  const [error, setError] = useState<unknown>(undefined);
  const next = tenant.status === 'active' ? 'suspended' : 'active';
  const turn = async () => {
    setError(undefined);
    try {
      await admin.changeTenant(tenant.tenantId, { status: next });
      onChange();
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <div
      class="panel panel-head"
      data-testid="tenant"
      data-tenant={tenant.tenantId}
      data-status={tenant.status}
    >
      <div>
        <h2>{tenant.name}</h2>
        <p class="muted">
          {tenant.tenantId} · {tenant.tier} · {plural(tenant.userCount, 'user')} · {tenant.status}
        </p>
      </div>
      {role === 'root' && tenant.status !== 'erasing' && (
        <button type="button" class="button" onClick={() => void turn()} data-testid="turn-tenant">
          {next === 'suspended' ? 'Suspend' : 'Reactivate'}
        </button>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
    </div>
  );
}
