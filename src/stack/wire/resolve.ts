import { lookup as systemLookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

/**
 * The name of a dead container is unknown to the engine's name server, which then asks the world outside and may wait for
 * that for many seconds. A node that is gone must look gone at once, and must not keep others' lookups waiting.
 */
const resolver = new Resolver({ timeout: 1_000, tries: 1 });

/** Finds a node's address anew for every message: it changes when its container is started again. */
export const lookup: LookupFunction = (hostname, options, callback) => {
  if (hostname === 'localhost') return systemLookup(hostname, options, callback);
  resolver.resolve4(hostname).then(
    (addresses) => {
      const found = addresses.map((address) => ({ address, family: 4 }));
      if (options.all) callback(null, found);
      else callback(null, found[0]?.address ?? '', 4);
    },
    (error) => callback(error, ''),
  );
};
