interface LoadMoreProps {
  readonly loading: 'first' | 'more' | undefined;
  readonly onMore: () => void;
  readonly testId: string;
}

export function LoadMore({ loading, onMore, testId }: LoadMoreProps) {
  return (
    <div class="load-more">
      <button
        type="button"
        class="button"
        disabled={loading !== undefined}
        onClick={onMore}
        data-testid={testId}
      >
        {loading === 'more' ? 'Loading…' : 'Load more'}
      </button>
    </div>
  );
}
