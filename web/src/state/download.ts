import type { ConsoleModel } from './console.ts';

/** @throws SluiceError */
export async function downloadFile(
  { client, uploads }: Pick<ConsoleModel, 'client' | 'uploads'>,
  id: string,
  of: { readonly version?: number; readonly rendition?: string } = {},
): Promise<void> {
  const { url } = await client.api.fileUrl(id, { disposition: 'attachment', ...of });
  // S3 answers with Content-Disposition: attachment, so that the page stays where it is. While uploads run
  // even that would ask whether to leave the page; a new tab does not, and closes by itself.
  if (uploads.isBusy()) window.open(url, '_blank', 'noopener');
  else location.assign(url);
}
