/** ISO 8601 UTC in, ISO 8601 UTC out. */
export const addSeconds = (iso: string, seconds: number): string =>
  new Date(Date.parse(iso) + seconds * 1000).toISOString();
