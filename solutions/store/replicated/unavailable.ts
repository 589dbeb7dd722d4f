import { HttpError } from '../../shared/http-error.ts';

/** 503 `no_leader`: nobody is known to lead at present. It promises that nothing has happened. */
export function noLeader(message: string): HttpError {
  return new HttpError(503, 'no_leader', message);
}

/** 503 `no_quorum`: too few nodes can be reached. It promises that nothing has happened. */
export function noQuorum(message: string): HttpError {
  return new HttpError(503, 'no_quorum', message);
}
