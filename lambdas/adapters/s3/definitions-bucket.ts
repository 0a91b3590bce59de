import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { definitionsKeys, definitionsManifest } from '../../contract/definitions.ts';
import type { Definitions, DefinitionsFile } from '../../core/intake/definitions.ts';

const notFound = 404;

export interface DefinitionsBucket {
  /** Undefined: nobody has published any yet, or what is there is none; the updater makes a new one. */
  manifest(): Promise<Definitions | undefined>;
  download(file: DefinitionsFile, path: string, signal: AbortSignal): Promise<void>;
}

/** Virus definitions as the scanner's worker reads them. */
export const createDefinitionsBucket = (s3: S3Client, Bucket: string): DefinitionsBucket => ({
  manifest: async () => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: definitionsKeys.manifest }));
      const text = (await Body?.transformToString()) ?? '';
      const { success, data } = definitionsManifest.safeParse(parsed(text));
      return success ? (data as Definitions) : undefined;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === notFound)
        return undefined;
      throw error;
    }
  },
  download: async ({ name, versionId }, path, abortSignal) => {
    const Key = definitionsKeys.databases + name;
    const get = new GetObjectCommand({ Bucket, Key, VersionId: versionId });
    const { Body } = await s3.send(get, { abortSignal });
    if (!Body) throw new Error(`S3 answered ${Key} without a body`);
    await pipeline(Body as unknown as AsyncIterable<Uint8Array>, createWriteStream(path), {
      signal: abortSignal,
    });
  },
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** And as the updater writes them. */
export const createDefinitionsWriter = (s3: S3Client, Bucket: string) => ({
  /** @returns the new object's version id */
  upload: async (name: string, path: string, size: number): Promise<string> => {
    const { VersionId } = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: definitionsKeys.databases + name,
        Body: createReadStream(path),
        ContentLength: size,
      }),
    );
    if (!VersionId) throw new Error('the bucket of definitions keeps no versions');
    return VersionId;
  },
  /** Nothing where there are none. */
  downloadNotes: async (path: string, abortSignal: AbortSignal): Promise<void> => {
    try {
      const get = new GetObjectCommand({ Bucket, Key: definitionsKeys.notes });
      const { Body } = await s3.send(get, { abortSignal });
      await writeFile(path, (await Body?.transformToByteArray()) ?? '');
    } catch (error) {
      if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === notFound)) throw error;
    }
  },
  uploadNotes: async (path: string): Promise<void> => {
    const Body = await readFile(path).catch(() => undefined);
    if (Body) await s3.send(new PutObjectCommand({ Bucket, Key: definitionsKeys.notes, Body }));
  },
  publish: async (definitions: Definitions): Promise<void> => {
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: definitionsKeys.manifest,
        Body: JSON.stringify(definitions),
        ContentType: 'application/json',
      }),
    );
  },
});
