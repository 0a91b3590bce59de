import { expect } from 'vitest';
import type { Answer, Problem } from './api.ts';

/** Asserts a refusal as API.md has it, RFC 9457 with Sluice's own fields, and gives its body. */
export function problem(answer: Answer<unknown>, status: number, code: string): Problem {
  const body = answer.body as Problem;
  expect({ status: answer.status, code: body.code, detail: body.detail }).toEqual({
    status,
    code,
    detail: expect.any(String),
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: `urn:sluice:error:${code}`, status, message: body.detail });
  expect(body.title).not.toBe('');
  expect(body.requestId).not.toBe('');
  if (status === 429 || status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  return body;
}
