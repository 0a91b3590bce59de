import type {
  AuditPage,
  ConcurrencyStats,
  Metrics,
  MetricsWindow,
  QueueState,
  Tenant,
  TenantChange,
  TenantUser,
  UserChange,
} from './api-types.ts';
import type { HttpClient } from './http-client.ts';

export interface AuditQuery {
  readonly tenant?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly userId?: string | undefined;
  readonly fileId?: string | undefined;
  readonly operation?: string | undefined;
  readonly outcome?: string | undefined;
  readonly minRisk?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The calls for admins and operators, typed. Each rejects with `SluiceError` only: `forbidden` for whoever is neither. */
export class AdminApi {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  metrics(window: MetricsWindow, tenant?: string, signal?: AbortSignal): Promise<Metrics> {
    return this.#http.request({ method: 'GET', path: '/admin/metrics', query: { window, tenant }, signal });
  }

  concurrency(signal?: AbortSignal): Promise<ConcurrencyStats> {
    return this.#http.request({ method: 'GET', path: '/storage/concurrency/stats', signal });
  }

  async queues(signal?: AbortSignal): Promise<readonly QueueState[]> {
    const { queues } = await this.#http.request<{ queues: readonly QueueState[] }>({
      method: 'GET',
      path: '/admin/queues',
      signal,
    });
    return queues;
  }

  /** Sends dead letters back to their queue. Answers how many. */
  async redrive(queue: string): Promise<number> {
    const { moved } = await this.#http.request<{ moved: number }>({
      method: 'POST',
      path: `/admin/queues/${encodeURIComponent(queue)}/redrive`,
    });
    return moved;
  }

  audit(query: AuditQuery, signal?: AbortSignal): Promise<AuditPage> {
    return this.#http.request({ method: 'GET', path: '/admin/audit', query: { ...query }, signal });
  }

  tenants(
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<{ tenants: readonly Tenant[]; nextCursor?: string }> {
    return this.#http.request({ method: 'GET', path: '/admin/tenants', query: { cursor }, signal });
  }

  tenant(id: string, signal?: AbortSignal): Promise<Tenant> {
    return this.#http.request({ method: 'GET', path: tenant(id), signal });
  }

  changeTenant(id: string, change: TenantChange): Promise<Tenant> {
    return this.#http.request({ method: 'PUT', path: tenant(id), body: change });
  }

  users(
    tenantId: string,
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<{ users: readonly TenantUser[]; nextCursor?: string }> {
    return this.#http.request({
      method: 'GET',
      path: `${tenant(tenantId)}/users`,
      query: { cursor },
      signal,
    });
  }

  changeUser(tenantId: string, userId: string, change: UserChange): Promise<TenantUser> {
    return this.#http.request({
      method: 'PUT',
      path: `${tenant(tenantId)}/users/${encodeURIComponent(userId)}`,
      body: change,
    });
  }
}

const tenant = (id: string): string => `/admin/tenants/${encodeURIComponent(id)}`;
