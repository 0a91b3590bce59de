import type { ComponentType } from 'preact';
import { useConsole } from '../../state/console.ts';
import { adminLink } from '../../state/route.ts';
import { useStore } from '../../state/store.ts';
import { AuditSection } from './audit-section.tsx';
import { NumbersSection } from './numbers-section.tsx';
import { QueuesSection } from './queues-section.tsx';
import { TenantsSection } from './tenants-section.tsx';

export interface AdminScope {
  readonly role: 'admin' | 'root';
  /** The admin's own tenant and address. */
  readonly tenantId: string;
  readonly email: string;
}

interface AdminPageProps extends Pick<AdminScope, 'tenantId' | 'email'> {
  readonly section: string | undefined;
}

interface Section {
  readonly name: string;
  readonly label: string;
  readonly roles: readonly AdminScope['role'][];
  readonly view: ComponentType<AdminScope>;
}

const SECTIONS: readonly Section[] = [
  { name: 'numbers', label: 'Numbers', roles: ['admin', 'root'], view: NumbersSection },
  { name: 'tenants', label: 'Tenants & policies', roles: ['admin', 'root'], view: TenantsSection },
  { name: 'queues', label: 'Queues', roles: ['root'], view: QueuesSection },
  { name: 'audit', label: 'Audit', roles: ['admin', 'root'], view: AuditSection },
];

/** For admins their tenant, for root the whole stage. What somebody may see, the API decides at every call. */
export function AdminPage({ tenantId, email, section }: AdminPageProps) {
  const { quota: model } = useConsole();
  const role = useStore(model.state).quota?.role;
  if (role === undefined) return <section class="panel skeleton-block admin-wait" aria-busy="true" />;
  if (role === 'user') {
    return (
      <section class="panel" data-testid="admin-refused">
        <h2>This page is for admins</h2>
        <p class="muted">Ask an admin of your organisation if you need something from here.</p>
      </section>
    );
  }
  const sections = SECTIONS.filter(({ roles }) => roles.includes(role));
  const open = sections.find(({ name }) => name === section) ?? sections[0];
  if (!open) return null;
  return (
    <div class="admin" data-testid="admin" data-section={open.name}>
      <nav class="segments" aria-label="Admin">
        {sections.map(({ name, label }) => (
          <a
            key={name}
            class="segment"
            href={adminLink(name)}
            aria-current={name === open.name ? 'page' : undefined}
            data-testid={`admin-${name}`}
          >
            {label}
          </a>
        ))}
      </nav>
      <open.view role={role} tenantId={tenantId} email={email} />
    </div>
  );
}
