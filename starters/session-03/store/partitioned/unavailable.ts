import { HttpError } from '../../shared/http-error.ts';

/** The answer to what cannot be done now: 503 `no_quorum`. It promises that nothing has happened. */
export function unavailable(message: string): HttpError {
  return new HttpError(503, 'no_quorum', message);
}
