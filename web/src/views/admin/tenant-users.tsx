import { useState } from 'preact/hooks';
import type { TenantUser, UserChange } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useLoaded } from '../../state/loaded.ts';
import { ErrorNotice } from '../notice.tsx';
import type { AdminScope } from './admin-page.tsx';
import { WhenLoaded } from './loading.tsx';

const ROLES: Readonly<Record<AdminScope['role'], readonly TenantUser['role'][]>> = {
  admin: ['user', 'admin'],
  root: ['user', 'admin', 'root'],
};

interface TenantUsersProps {
  readonly tenantId: string;
  /** Of whoever looks: only root makes somebody root. */
  readonly role: AdminScope['role'];
  /** The looker's own address, who changes everybody but themselves. */
  readonly self: string | undefined;
}

export function TenantUsers({ tenantId, role, self }: TenantUsersProps) {
  const { admin } = useConsole().client;
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const loaded = useLoaded((signal) => admin.users(tenantId, cursor, signal), `${tenantId} ${cursor}`);

  const change = async (user: TenantUser, to: UserChange) => {
    setError(undefined);
    try {
      await admin.changeUser(tenantId, user.userId, to);
    } catch (cause) {
      setError(cause);
    }
    loaded.reload();
  };

  const mayChange = (user: TenantUser) =>
    user.status !== 'removed' && user.email !== self && ROLES[role].includes(user.role);
  const rolesFor = (user: TenantUser) => [...new Set([...ROLES[role], user.role])];

  return (
    <WhenLoaded loaded={loaded}>
      {({ users, nextCursor }) => (
        <div class="panel table-scroll">
          <h3>Users</h3>
          {error !== undefined && <ErrorNotice error={error} />}
          <table class="table" data-testid="users">
            <thead>
              <tr>
                <th scope="col">Email</th>
                <th scope="col">Id</th>
                <th scope="col">Role</th>
                <th scope="col">Status</th>
                <th scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <tr
                  key={user.userId}
                  data-testid="user-row"
                  data-email={user.email}
                  data-status={user.status}
                >
                  <th scope="row">{user.email}</th>
                  <td>
                    <code>{user.userId}</code>
                  </td>
                  <td>
                    <select
                      aria-label={`Role of ${user.email}`}
                      value={user.role}
                      disabled={!mayChange(user)}
                      onChange={(event) =>
                        void change(user, { role: event.currentTarget.value as TenantUser['role'] })
                      }
                    >
                      {rolesFor(user).map((name) => (
                        <option key={name} value={name}>
                          {name}
                        </option>
                      ))}
                    </select>
                  </td>
                  <td>
                    <span class={`badge tone-${user.status === 'active' ? 'good' : 'off'}`}>
                      {user.status}
                    </span>
                  </td>
                  <td>
                    {user.email === self && <span class="muted">you</span>}
                    {mayChange(user) && (
                      <button
                        type="button"
                        class="button button-small"
                        onClick={() =>
                          void change(user, { status: user.status === 'active' ? 'inactive' : 'active' })
                        }
                        data-testid="turn-user"
                      >
                        {user.status === 'active' ? 'Deactivate' : 'Activate'}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {nextCursor && (
            <div class="load-more">
              <button type="button" class="button" onClick={() => setCursor(nextCursor)}>
                More
              </button>
            </div>
          )}
        </div>
      )}
    </WhenLoaded>
  );
}
