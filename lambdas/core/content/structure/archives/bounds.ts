const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Up to this size an archive is read once and in one piece, and everything in it is looked at. */
export const wholeBytes = MiB;
/** Entries of an archive together with those of the archives in it. Large Java archives have some 40,000. */
export const maxEntries = 100_000;
/** 100,000 entries with paths of some 110 bytes. */
export const maxDirectoryBytes = 16 * MiB;
/** What Linux calls PATH_MAX: no system takes a longer name. */
export const maxNameBytes = 4 * KiB;

/** Archives within archives, below the one that was uploaded. */
export const maxDepth = 3;
/** A compressed archive within an archive is inflated to look into it: what one may take, compressed and inflated ... */
export const maxNestedBytes = 8 * MiB;
export const maxNestedInflatedBytes = 64 * MiB;
/** ... and all of them together: at 150 MB/s, of a function with 1 GiB of memory, within a second. */
export const maxInflateBytes = 128 * MiB;
/** Reads that archives within a large archive may cost; the rest of the 64 is for the archive itself. */
export const maxNestedReads = 20;
/** Reads that the XML parts of a large Office file may cost. */
export const maxPartReads = 12;
/** XML parts that are read for what they say: all 65,530 hyperlinks of an Excel sheet are 11 MB of relationships. */
export const maxPartBytes = 16 * MiB;
export const maxPartsBytes = 32 * MiB;

/**
 * What may come out of how many bytes. Deflate makes 1032:1 at most, of nothing but zeros. Text and logs make 10:1 to
 * 50:1, the XML of a spreadsheet with many like rows up to 200:1. Below `floorBytes` whatever comes out harms nobody.
 */
export interface InflationBounds {
  readonly floorBytes: number;
  readonly maxRatio: number;
  /** Above this the lower ratio holds: 11 MB that become 2 GiB have their price even where the ratio is honest. */
  readonly largeBytes: number;
  readonly largeMaxRatio: number;
  /** What is compressed may become so much in all; what is only stored costs what the object costs. */
  readonly maxBytes: number;
}

export const archiveInflation: InflationBounds = {
  floorBytes: MiB,
  maxRatio: 500,
  largeBytes: GiB,
  largeMaxRatio: 100,
  maxBytes: 1024 * GiB,
};

/** Who opens an Office file has all of it in memory. 4 GiB is where Apache POI ends as well. */
export const officeInflation: InflationBounds = {
  floorBytes: MiB,
  maxRatio: 300,
  largeBytes: 256 * MiB,
  largeMaxRatio: 200,
  maxBytes: 4 * GiB,
};

export const exceeds = (bounds: InflationBounds, compressedBytes: number, inflatedBytes: number): boolean =>
  inflatedBytes > bounds.floorBytes &&
  inflatedBytes >
    compressedBytes * (inflatedBytes > bounds.largeBytes ? bounds.largeMaxRatio : bounds.maxRatio);
