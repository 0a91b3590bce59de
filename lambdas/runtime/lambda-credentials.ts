/**
 * What the bundler puts in the place of the SDK's `@aws-sdk/credential-provider-node`: Lambda gives credentials by
 * environment variables, and the SDK's chain would carry SSO, web identity, process and instance metadata, with
 * their clients, into every function.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
