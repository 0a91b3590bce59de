import { photo } from '../support/images.ts';

/** Small photos of several shapes: each becomes renditions. */
export const pictures = (): Promise<Buffer[]> =>
  Promise.all(
    [
      { width: 64, height: 64 },
      { width: 400, height: 300 },
      { width: 700, height: 200 },
    ].map((size) => photo(size)),
  );
