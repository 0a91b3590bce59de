import { useState } from 'preact/hooks';
import type { TenantUser, UserChange } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useLoaded } from '../../state/loaded.ts';
import { ErrorNotice } from '../notice.tsx';
import { WhenLoaded } from './loading.tsx';

const ROLES = ['user', 'admin', 'root'] as const;

export function TenantUsers({ tenantId }: { tenantId: string }) {
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
                <th scope="col" />
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
                      disabled={user.status === 'removed'}
                      onChange={(event) =>
                        void change(user, { role: event.currentTarget.value as TenantUser['role'] })
                      }
                    >
                      {ROLES.map((role) => (
                        <option key={role} value={role}>
                          {role}
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
                    {user.status !== 'removed' && (
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
