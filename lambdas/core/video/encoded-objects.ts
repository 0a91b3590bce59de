/** What an encoder has left of one version of a file, by the names of `outputNames`. */
export interface EncodedObjects {
  /** Bytes; undefined where nothing has this name. */
  size(name: string): Promise<number | undefined>;
  /** Exactly these bytes; fewer only where the object ends. */
  read(name: string, from: number, length: number): Promise<Uint8Array>;
  write(name: string, mimeType: string, bytes: Uint8Array): Promise<void>;
}
