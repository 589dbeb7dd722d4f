import { HttpError } from '../../shared/http-error.ts';

// ANCHOR: levels
/** What a read promises, from the cheapest to the dearest. */
const LEVELS = ['eventual', 'session', 'quorum', 'strong'] as const;
export type Level = (typeof LEVELS)[number];

/** Who must have a write on disk before it is acknowledged. */
const ACKS = ['one', 'majority', 'all'] as const;
export type Ack = (typeof ACKS)[number];
// ANCHOR_END: levels

/** The header with which a client says what it has seen so far, and is told what to say next time. */
export const SESSION_TOKEN = 'X-Session-Token';

/** Reads `?consistency=`. Throws HttpError 400. */
export function parseLevel(query: URLSearchParams): Level {
  return oneOf(LEVELS, 'consistency', query.get('consistency') ?? 'strong');
}

/** Reads `?ack=`. Throws HttpError 400. */
export function parseAck(query: URLSearchParams): Ack {
  return oneOf(ACKS, 'ack', query.get('ack') ?? 'majority');
}

/** Reads a session token: the index of the last log entry that the client knows of. Throws HttpError 400. */
export function parseToken(header: string | string[] | undefined): number {
  if (header === undefined) return 0;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new HttpError(
    400,
    'bad_request',
    `${SESSION_TOKEN} is not a token that this store gave away: "${header}".`,
  );
}

function oneOf<Name extends string>(names: readonly Name[], parameter: string, value: string): Name {
  const name = names.find((known) => known === value);
  if (name !== undefined) return name;
  throw new HttpError(400, 'bad_request', `"${parameter}" is one of ${names.join(', ')}, not "${value}".`);
}
