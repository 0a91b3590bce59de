const KiB = 1024;
const MiB = 1024 * KiB;

/** Up to this size all that is not compressed is looked at, whatever a file says of itself: 8 reads. */
export const maxScanBytes = 32 * MiB;
/** One read of the scan. Two of them, and what is inflated, are all that is held at a time. */
export const chunkBytes = 4 * MiB;
/** Of larger files: ranges that are read around their objects, and bytes of all of them. */
export const maxRanges = 24;
export const maxRangeBytes = 32 * MiB;
/** An object that lies farther from the next one is a stream, of which the beginning tells what it is. */
export const objectHeadBytes = 4 * KiB;
/** Objects up to this long are read as a whole. */
export const smallObjectBytes = 32 * KiB;
/** Revisions of a large file that are followed back; one takes a read or two. */
export const maxXrefSections = 8;

/** An object beside its stream's data; the compressed data of an object stream. */
export const maxObjectBytes = 4 * MiB;
/** One object stream, inflated: 160,000 objects of 100 bytes. Producers put a few hundred into one. */
export const maxObjectStreamBytes = 16 * MiB;
/** One cross-reference stream, inflated: more than a million entries of 16 bytes. */
export const maxXrefStreamBytes = 24 * MiB;
/** Bytes of objects looked at in all, inflated ones and those looked at twice included: 2 s of a slow processor. */
export const maxWalkedBytes = 64 * MiB;
/** Times its size: a file that comes to `maxWalkedBytes` from less than a sixteenth of them is made for that. */
export const maxGrowth = 16;
/** Objects with a number, in the most generous limit of a viewer (ISO 32000-1, annex C.2). */
export const maxObjectNumber = 8_388_607;
/** Objects that a cross-reference may list. */
export const maxObjects = 1_000_000;
/** Arrays and dictionaries within each other. Documents need about ten. */
export const maxNesting = 256;
/** Compressions of one stream. Each multiplies by up to a thousand; some producers do it twice, for nothing. */
export const maxCompressions = 2;
/** What is compressed twice, inflated. */
export const maxTwiceInflatedBytes = 24 * MiB;
/** Streams of objects that nobody can read: none is tried after these, because each may cost as much as a sound one. */
export const maxUnreadableStreams = 8;
