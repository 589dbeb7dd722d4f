import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer } from '../shared/rpc-client.ts';
import type { Message } from './messages.ts';

/** How long to wait, in ms. */
export interface Timing {
  /** For the answer to one attempt. */
  attemptTimeoutMs: number;
  /** Before the second attempt, at most. */
  backoffBaseMs: number;
  /** Before any attempt, at most. */
  backoffMaxMs: number;
}

/** One attempt to send: resolves with the reply, throws NoAnswer after the timeout, any other error for a refusal. */
export type Attempt = (message: Message, timeoutMs: number) => Promise<unknown>;

/** The deadline is over and no reply came. The peer may have handled the message. */
export class DeadlinePassed extends Error {
  readonly attempts: number;

  constructor(attempts: number) {
    super(`No answer after ${attempts} attempts. The message may have been handled.`);
    this.attempts = attempts;
  }
}

/**
 * How long to wait before the next attempt. The ceiling doubles with each failure up to `backoffMaxMs`; the
 * pause is drawn evenly between half the ceiling and the ceiling, so that senders do not come back all at once.
 *
 * @param failures attempts that have failed before the last one: 0, 1, 2, ...
 * @returns a pause in ms
 */
export function backoffMs(failures: number, timing: Timing): number {
  // TODO(session 1): double the ceiling with each failure, up to the maximum,
  // and return a random pause between half the ceiling and the ceiling.
  throw new Error('not implemented: backoff');
}

/**
 * Sends one message until a reply comes or the deadline is over. Every attempt carries the same message with
 * the same id, so that the peer can tell a copy from a new message.
 *
 * @param deadlineMs how long the client will wait, from now
 * @returns the reply and the number of attempts it took
 * @throws DeadlinePassed when there is no time left for another attempt; whatever `attempt` throws but NoAnswer
 */
export async function sendWithRetry(
  message: Message,
  attempt: Attempt,
  timing: Timing,
  deadlineMs: number,
): Promise<{ reply: unknown; attempts: number }> {
  // TODO(session 1): try again after each NoAnswer, with a pause from backoffMs in between.
  // Never wait past the deadline: not for an answer, not in a pause.
  throw new Error('not implemented: send');
}
