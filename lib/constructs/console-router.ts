import { consolePath } from './user-directory.ts';

/**
 * CloudFront function of the console's paths: the bare address leads to the console, and the console's own routes
 * (no extension) get its page. CloudFront runs JavaScript of its own dialect, so that this is text.
 */
export const consoleRouter = `
function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('${consolePath}') !== 0) {
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '${consolePath}' } } };
  }
  var name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (name.indexOf('.') === -1) request.uri = '${consolePath}index.html';
  return request;
}
`.trim();

/**
 * CloudFront function of the API's paths: replaces what a client claims about its own address by the address that
 * CloudFront sees: whatever CloudFront and API Gateway append, the first one is true. Functions believe it together
 * with the edge's secret.
 */
export const apiRouter = `
function handler(event) {
  var request = event.request;
  request.headers['x-forwarded-for'] = { value: event.viewer.ip };
  return request;
}
`.trim();
