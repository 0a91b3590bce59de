import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { withDeadline } from '../request-deadline.ts';

export interface SignerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** One hour is the most that a role assumed from a role gets (role chaining). */
const sessionSeconds = 3_600;
/** Renewed well before their end, so that a URL of the default length is rarely shortened (DESIGN 5). */
const renewBelowMs = 45 * 60 * 1000;
const stsTimeoutMs = 5_000;

/**
 * Credentials of a signer role. A presigned URL ends with the credentials that signed it; these are assumed here,
 * so their end is known, and the function's own role cannot touch bytes.
 */
export function signerCredentials(roleArn: string, sessionName: string): () => Promise<SignerCredentials> {
  const sts = new STSClient({ requestHandler: withDeadline(stsTimeoutMs), maxAttempts: 3 });
  let current: Promise<SignerCredentials> | undefined;

  const assume = async (): Promise<SignerCredentials> => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: sessionSeconds,
      }),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
      throw new Error('STS answered without credentials');
    }
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      expiration: Credentials.Expiration ?? new Date(Date.now() + sessionSeconds * 1000),
    };
  };

  return async () => {
    const known = await current?.catch(() => undefined);
    if (known && known.expiration.getTime() - Date.now() > renewBelowMs) return known;
    const fresh = assume();
    current = fresh;
    try {
      return await fresh;
    } catch (error) {
      // What is still valid is better than nothing.
      if (known && known.expiration.getTime() > Date.now()) {
        current = Promise.resolve(known);
        return known;
      }
      throw error;
    }
  };
}
