import type { ComponentChildren } from 'preact';
import { type Explanation, explain } from '../words/errors.ts';
import { AlertIcon } from './icons.tsx';

/** An error in words: what happened, what to do, and the reference to quote. */
export function ErrorNotice({
  error,
  explainBy = explain,
  children,
}: {
  error: unknown;
  /** Where the same error calls for other words. */
  explainBy?: (error: unknown) => Explanation;
  children?: ComponentChildren;
}) {
  const { title, advice, reference } = explainBy(error);
  return (
    <div class="notice notice-bad" role="alert" data-testid="error-notice">
      <AlertIcon />
      <div class="notice-words">
        <strong>{title}</strong>
        <span>{advice}</span>
        {reference && <span class="notice-reference">Reference {reference}</span>}
      </div>
      {children && <div class="notice-actions">{children}</div>}
    </div>
  );
}
