import type { z } from 'zod';
import type { FieldError } from '../core/errors.ts';

/** What is wrong with a request, as sentences that a person can act on: `size must be at least 0`. */
export function fieldErrors(issue: z.core.$ZodIssue, where: string): readonly FieldError[] {
  const field = issue.path.join('.') || where || 'body';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join('.'),
      code: 'unknown_field',
      detail: 'is not a field of this request',
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = closest(issue.errors);
    if (meant)
      return meant.flatMap((inner) => fieldErrors({ ...inner, path: [...issue.path, ...inner.path] }, where));
  }
  return [{ field, code: issue.code, detail: issue.message }];
}

/** Of several allowed forms the one that was meant: the one whose fields were sent. */
const closest = (forms: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] | undefined =>
  forms.find((issues) => !issues.some((issue) => issue.code === 'unrecognized_keys'));

const nouns: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What a bound counts: characters of a string, entries of a list; a number is its own amount. */
const amount = (origin: string, bound: number | bigint): string => {
  if (origin === 'string') return `have at BOUND ${bound.toLocaleString('en-US')} characters`;
  if (origin === 'array' || origin === 'object')
    return `have at BOUND ${bound.toLocaleString('en-US')} entries`;
  return `be at BOUND ${bound.toLocaleString('en-US')}`;
};

/** The words for an issue whose schema has none of its own. */
export function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${nouns[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is required';
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number') return 'must not be empty';
      return `must ${amount(issue.origin, issue.minimum).replace('BOUND', 'least')}`;
    case 'too_big':
      return `must ${amount(issue.origin, issue.maximum).replace('BOUND', 'most')}`;
    case 'invalid_format':
      return issue.format === 'email'
        ? 'must be an email address'
        : 'does not have the form that is expected here';
    case 'invalid_union':
      return 'must have one of the forms that /openapi.json describes';
    default:
      return undefined;
  }
}
