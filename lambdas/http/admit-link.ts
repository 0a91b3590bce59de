import { SluiceError } from '../core/errors.ts';
import type { AuthDeps } from '../runtime/authenticated.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { networkOf, originOf } from '../runtime/origin.ts';

export interface LinkRates {
  readonly auth: Pick<AuthDeps, 'rates' | 'now' | 'edgeSecret'>;
  readonly bounds: {
    readonly linkCallsPerAddressAndMinute: number;
    readonly publicCallsPerAddressAndMinute: number;
  };
}

/**
 * The signature first, which costs no request. A page shows hundreds of pictures at once, so what was signed has a bound
 * of its own; whoever guesses has that of the public endpoint.
 * @param what is opened, as the refusal names it
 * @param check @throws forbidden
 */
export async function admitLink(
  { auth, bounds }: LinkRates,
  request: HttpRequest,
  what: 'pictures' | 'playlists',
  check: () => Promise<void>,
): Promise<ReturnType<typeof originOf>> {
  const origin = originOf(request, auth.edgeSecret);
  const network = networkOf(origin.address);
  const { linkCallsPerAddressAndMinute, publicCallsPerAddressAndMinute } = bounds;
  try {
    await check();
  } catch (refusal) {
    if (refusal instanceof SluiceError) {
      const scope = `public-address#${network}`;
      await auth.rates.take(scope, 'requests', publicCallsPerAddressAndMinute, auth.now());
    }
    throw refusal;
  }
  await auth.rates.take(`link-address#${network}`, what, linkCallsPerAddressAndMinute, auth.now());
  return origin;
}
