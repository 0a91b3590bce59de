import type * as z from 'zod';
import type { HttpFunctionName, RouteName, routes } from '../../contract/routes.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import type { RequestHeader } from './parameters.ts';

/** What the document tells of one route beside what the contract's table of routes says. */
export interface Operation {
  readonly summary: string;
  /** What a reader must know beside it; Markdown. */
  readonly description?: string;
  readonly body?: z.ZodType;
  /** A body that the schema takes, to copy from. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Absent: JSON. */
  readonly bodyType?: 'application/x-www-form-urlencoded';
  readonly query?: z.ZodObject;
  readonly success: Success;
  /** Answers beside it that are no refusal, such as health that is critical. */
  readonly alternatives?: readonly Success[];
  readonly headers?: readonly RequestHeader[];
  /** Codes that this call can refuse with, beside those of every call (sign-in, rate, validation, our own failure). */
  readonly refusals?: readonly ErrorCode[];
}

export interface Success {
  readonly status: number;
  readonly description: string;
  /** Shape of the answer; absent where it has no body. */
  readonly body?: z.ZodType;
  /** Types of an answer that is text and no JSON. */
  readonly mediaTypes?: readonly string[];
  /** Whether it carries the ETag that If-Match takes. */
  readonly etag?: boolean;
  /** Whether it says where to go on. */
  readonly location?: boolean;
}

export const withETag = (answer: Success): Success => ({ ...answer, etag: true });

export const success = (status: number, description: string, body?: z.ZodType): Success => ({
  status,
  description,
  ...(body && { body }),
});

/** An answer without a body that leads elsewhere. */
export const redirection = (description: string): Success => ({ status: 302, description, location: true });

type RoutesOf<Name extends HttpFunctionName> = {
  [R in RouteName]: (typeof routes)[R]['function'] extends Name ? R : never;
}[RouteName];

/** The operations of one function: every one of its routes, and no other. */
export type OperationsOf<Name extends HttpFunctionName> = Record<RoutesOf<Name>, Operation>;
