/**
 * Of every answer below the API's paths, also of those that API Gateway or the edge give by themselves: a browser that
 * is led to one neither guesses its type, nor runs anything in it, nor shows it in a frame, nor counts it as the origin's. Presigned URLs lead to S3,
 * which cannot send these: there, the type from inspection and the attachment rule stand in for them.
 */
export const apiSecurityHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
} as const;
