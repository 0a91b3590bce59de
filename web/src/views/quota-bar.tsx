import { useConsole } from '../state/console.ts';
import { useStore } from '../state/store.ts';
import { formatBytes, formatNumber, formatPercent, plural } from '../words/format.ts';
import { ErrorNotice } from './notice.tsx';

/** From here on the bar warns: what is left may not hold the next files. */
const WARN_SHARE = 0.9;

export function QuotaBar() {
  const { quota: model } = useConsole();
  const { quota, error } = useStore(model.state);
  if (!quota) {
    return error === undefined ? (
      <section class="panel quota skeleton-block" aria-hidden="true" />
    ) : (
      <ErrorNotice error={error}>
        <button type="button" class="button" onClick={() => void model.load()}>
          Try again
        </button>
      </ErrorNotice>
    );
  }
  const taken = quota.currentUsage + quota.reserved;
  const minutes = quota.tenant.transcodeMinutes;
  const tight = taken >= quota.maxQuota * WARN_SHARE;
  return (
    <section class="panel quota" aria-label="Storage" data-testid="quota">
      <div class="quota-head">
        <h2>Storage</h2>
        <p class="quota-sum" data-testid="quota-text">
          <strong>{formatBytes(quota.currentUsage)}</strong> of {formatBytes(quota.maxQuota)}
        </p>
      </div>
      {/* Two bars on one track: what is promised lies under what is used. */}
      <div class={tight ? 'meter meter-tight' : 'meter'}>
        <progress class="meter-reserved" aria-hidden="true" max={quota.maxQuota} value={taken} />
        <progress
          class="meter-used"
          aria-label={`Storage used: ${formatPercent(quota.currentUsage, quota.maxQuota)}`}
          max={quota.maxQuota}
          value={quota.currentUsage}
        />
      </div>
      <ul class="quota-facts">
        <li>
          <span class="dot dot-free" />
          {formatBytes(quota.availableSpace)} available
        </li>
        {quota.reserved > 0 && (
          <li data-testid="quota-reserved">
            <span class="dot dot-reserved" />
            {formatBytes(quota.reserved)} reserved for open uploads
          </li>
        )}
        <li>{plural(quota.filesCount, 'file')}</li>
        <li data-testid="quota-slots">
          {quota.slots.used} of {quota.slots.max} upload slots in use
        </li>
        <li
          data-testid="quota-minutes"
          title="Minutes that are made of your team's videos and recordings, in each quality, this month (UTC)"
        >
          {formatNumber(minutes.used)} of {plural(minutes.max, 'minute')} of video made this month
        </li>
      </ul>
    </section>
  );
}
