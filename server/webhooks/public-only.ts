import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { privateAddress } from './check-webhook-url.ts';
import { isPublic } from './is-public.ts';

/**
 * `lookup` without the addresses that are not public. A connection that is made with it goes to an address that was
 * checked: nobody asks for the name a second time. A name that has no public address is `webhook-private`.
 */
export function publicOnly(lookup: LookupFunction, receiver: string): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = (found as LookupAddress[]).filter(({ address }) => isPublic(address));
      const [first] = addresses;
      if (first === undefined) callback(privateAddress(receiver), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}
