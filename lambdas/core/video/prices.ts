/**
 * What AWS asks in us-east-1, in US dollars, without discounts and free tiers. Gathered from public pages, not from the live
 * price list: whoever bills by it looks at https://aws.amazon.com/mediaconvert/pricing/ and https://aws.amazon.com/lambda/pricing/
 * first. Other regions ask up to a third more.
 */
export const prices = {
  asOf: '2025-10',
  region: 'us-east-1',
  currency: 'USD',
  /** On demand, basic tier (H.264 in a single pass), for a minute of each encoded output of up to 30 frames a second. */
  mediaConvertMinute: {
    /** Below 720 lines. */
    sd: 0.0075,
    /** Up to 1080 lines. */
    hd: 0.015,
  },
  /** Times as much from there on: up to 60 frames a second. */
  mediaConvertFast: { aboveFramesPerSecond: 30, factor: 1.25 },
  /** Each output is charged for at least so long. */
  mediaConvertMinSeconds: 10,
  /** A GB of memory of a function on arm64 for a second. */
  lambdaGbSecond: 0.0000133334,
  /** A state that an execution enters. */
  stateTransition: 0.000025,
  /** Writing one object, or one part. */
  s3Put: 0.000005,
} as const;
