import { describe, expect, it } from 'vitest';
import { refusalOfFailure } from '../../../lambdas/core/video/mediaconvert-failure.ts';

const failure = (job: object) => ({ Error: 'States.TaskFailed', Cause: JSON.stringify(job) });

describe('an error of MediaConvert', () => {
  it.each([
    [1020, 'not_a_video'],
    [1030, 'unsupported_codec'],
    [1075, 'malformed'],
    [1076, 'malformed'],
    [1092, 'malformed'],
  ])('%i is the recording’s fault: %s', (code, reason) => {
    expect(refusalOfFailure(failure({ Status: 'ERROR', ErrorCode: code }))).toBe(reason);
    expect(refusalOfFailure(failure({ Job: { Status: 'ERROR', ErrorCode: code } }))).toBe(reason);
    expect(refusalOfFailure(failure({ job: { status: 'ERROR', errorCode: code } }))).toBe(reason);
  });

  it.each([1040, 1401, 1404, 1432, 1515, 1550, 1999, 3450])('%i is not', (code) => {
    expect(refusalOfFailure(failure({ ErrorCode: code, ErrorMessage: 'something' }))).toBeUndefined();
  });

  it('of opening is the recording’s where no parser knows it, and ours where access was denied', () => {
    const opening = (text: string) => failure({ ErrorCode: 1010, ErrorMessage: text });

    expect(refusalOfFailure(opening('Unable to open input file: [No parser found for container]'))).toBe(
      'unsupported_codec',
    );
    expect(refusalOfFailure(opening('Unable to open input file: [Access denied]'))).toBeUndefined();
  });

  it.each(['', 'null', '42', '"text"', '{', '{"Job":null}', 'a step answered'])(
    'is not read out of %j',
    (Cause) => {
      expect(refusalOfFailure({ Error: 'States.Timeout', Cause })).toBeUndefined();
    },
  );
});
