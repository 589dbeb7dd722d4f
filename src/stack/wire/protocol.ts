/**
 * The wire's control API: what dsc and the wire say to each other. JSON over HTTP, `Authorization: Bearer <token>`.
 *
 *   GET  /health                     200, no token needed
 *   GET  /rules                      { rules: DirectedRule[] }
 *   PUT  /rules                      DirectedRule: replaces the rule of that direction
 *   DELETE /rules                    heals: no rules, no traps; held and delayed messages go on at once; connections
 *                                    whose messages were lost are broken; pending puppet calls dropped
 *   POST /traps                      Trap: caught messages are counted; answers { id }
 *   GET  /traps/:id                  { trap, caught: number[] } (seq of each message caught), also after DELETE /rules
 *   DELETE /traps/:id                removes it and releases what it holds
 *   POST /traps/:id/release          lets everything it holds go on
 *   GET  /puppet?to=node2&waitMs=    long poll: the next message waiting for an answer by dsc, or 204
 *   POST /puppet/:seq                { status, body? }: answers it as if `to` had; 404 when it no longer waits
 *   GET  /messages?after=<seq>       { messages: WireMessage[] } oldest first, of the last 5,000
 *                                    (fewer when their bodies and answers together exceed 8 MiB); for who only looks
 *                                    on: &most=<n> the newest n, &text=<n> so many characters of body and answer,
 *                                    &also=<seq,seq> these earlier ones too
 *   PUT  /seed                       { seed: number }: restarts the wire's random numbers, which are each link's own
 *
 * Calls that change something answer 204 when there is nothing to say. Errors: 400, 401, 404, 405 `{ error, message }`.
 */

/** A message travels in a direction: a request from caller to callee, an answer back from callee to caller. */
export interface DirectedRule {
  from: string;
  to: string;
  /** Nothing that travels in this direction arrives, and the connection stays open: silence, not an error. */
  cut?: boolean;
  /** Added to every message in this direction, in ms; jitter is uniform in 0..jitterMs on top. */
  delayMs?: number;
  jitterMs?: number;
  /** Probability 0..1 that a message in this direction is lost. */
  loss?: number;
  /** Probability 0..1 that a request in this direction is delivered twice. */
  duplicate?: number;
}

/**
 * Catches single messages of one caller to one callee. A message that a rule loses on the way is not caught.
 * One is counted as caught when the trap has acted: a lost or held answer has been given by the callee by then.
 */
export interface Trap {
  /** Caller and callee of the request, also when the trap is for its answer. */
  from: string;
  to: string;
  /** Only requests whose path starts so. */
  path?: string;
  /** Only requests whose body contains this text. */
  contains?: string;
  action:
    | 'lose-request'
    | 'lose-answer'
    /** Delivered twice, at the same time on two connections; the caller gets the answer to the first copy. */
    | 'duplicate'
    /** Waits until released, then goes on. */
    | 'hold-request'
    | 'hold-answer'
    /** The connection is reset before the request reaches the callee. */
    | 'reset'
    /** Not forwarded: dsc answers in the callee's place, through /puppet. */
    | 'puppet';
  /** How many messages it catches before it is spent; 0 = no limit. */
  times: number;
}

export type Outcome =
  | 'waiting'
  | 'answered'
  | 'request-lost'
  | 'answer-lost'
  /** The wire reset the caller's connection: a trap, or a puppet call that nobody answered. */
  | 'reset'
  /** The callee refused or broke the connection, so the wire broke the caller's. */
  | 'unreachable'
  /** The caller gave up before an answer came. What it sent may still be delivered, and even answered, later. */
  | 'abandoned';

/**
 * One request between two nodes as the wire saw it. Times are epoch ms of the wire's clock, with decimals.
 * A WebSocket is one message: its opening request, answered with 101.
 */
export interface WireMessage {
  seq: number;
  from: string;
  to: string;
  method: string;
  path: string;
  sentAt: number;
  /** Request body, at most 4 KiB of it. */
  body: string;
  /** When it was handed to the callee; null if it never was. */
  deliveredAt: number | null;
  /** When the callee had answered; null if it never did. */
  answeredAt: number | null;
  /** When the answer was handed to the caller; null if it never was. */
  returnedAt: number | null;
  status: number | null;
  /** Body of the answer, at most 4 KiB of it. */
  answer: string | null;
  outcome: Outcome;
  /** What the wire did to it, in words: "cut", "delayed 120 ms", "delivered twice". */
  faults: string[];
}
