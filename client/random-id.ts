/** 128 random bits. crypto.randomUUID is missing on plain-HTTP origins other than localhost, this is not. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
