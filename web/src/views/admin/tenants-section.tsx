import { useEffect, useRef, useState } from 'preact/hooks';
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
export function TenantsSection({ role, tenantId, email }: AdminScope) {
  const { admin } = useConsole().client;
  const [chosen, setChosen] = useState(tenantId);
  const [hasChosen, setHasChosen] = useState(false);
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
                    <tr
                      key={tenant.tenantId}
                      class={tenant.tenantId === chosen ? 'chosen' : undefined}
                      data-testid="tenant-row"
                      data-tenant={tenant.tenantId}
                      data-status={tenant.status}
                    >
                      <th scope="row">
                        <button
                          type="button"
                          class="link"
                          aria-pressed={tenant.tenantId === chosen}
                          onClick={() => {
                            setChosen(tenant.tenantId);
                            setHasChosen(true);
                          }}
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
              <div class="pager">
                {cursors.length > 1 && (
                  <button type="button" class="button" onClick={() => setCursors(cursors.slice(0, -1))}>
                    Back
                  </button>
                )}
                {nextCursor && (
                  <button
                    type="button"
                    class="button"
                    onClick={() => setCursors([...cursors, nextCursor])}
                    data-testid="more-tenants"
                  >
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
            <TenantCard
              key={tenant.tenantId}
              tenant={tenant}
              takesFocus={hasChosen}
              mayTurn={role === 'root' && tenant.tenantId !== tenantId}
              onChange={changed}
            />
            <PolicyEditor key={`${tenant.tenantId} policy`} tenant={tenant} onChange={changed} />
            <TenantUsers
              key={`${tenant.tenantId} users`}
              tenantId={tenant.tenantId}
              role={role}
              self={tenant.tenantId === tenantId ? email : undefined}
            />
          </>
        )}
      </WhenLoaded>
    </section>
  );
}

function TenantCard({
  tenant,
  takesFocus,
  mayTurn,
  onChange,
}: {
  tenant: Tenant;
  /** Chosen from a list that may be longer than the screen. */
  takesFocus: boolean;
  /** Nobody suspends the tenant that they would have to come back from. */
  mayTurn: boolean;
  onChange: () => void;
}) {
  const { admin } = useConsole().client;
  const [error, setError] = useState<unknown>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
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
        <h2 ref={heading} tabIndex={-1}>
          {tenant.name}
        </h2>
        <p class="muted">
          {tenant.tenantId} · {tenant.tier} · {plural(tenant.userCount, 'user')} · {tenant.status}
        </p>
      </div>
      {mayTurn && tenant.status !== 'erasing' && (
        <button type="button" class="button" onClick={() => void turn()} data-testid="turn-tenant">
          {next === 'suspended' ? 'Suspend' : 'Reactivate'}
        </button>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
    </div>
  );
}
