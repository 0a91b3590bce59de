/** Long enough for the browser to have begun the download; what the address holds is gone afterwards. */
const ADDRESS_LIFETIME_MS = 60_000;

/** Gives a value to the person as a file. */
export function saveJson(filename: string, value: unknown): void {
  const blob = new Blob([`${JSON.stringify(value, undefined, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), ADDRESS_LIFETIME_MS);
}
