import type { FileStatus } from '../../../client/index.ts';
import { STATUS_WORDS } from '../words/files.ts';

export function StatusBadge({ status }: { status: FileStatus }) {
  const { label, tone, help } = STATUS_WORDS[status];
  return (
    <span class={`badge tone-${tone}`} title={help} data-testid="status-badge" data-status={status}>
      <span class="badge-dot" />
      {label}
    </span>
  );
}
