/** What the person at the terminal can mend; the message is the one sentence to show. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
}
