/**
 * The wire's control API: what dsc and the wire say to each other. JSON over HTTP, `Authorization: Bearer <token>`.
 *
 *   GET  /health                     200, no token needed
 *   GET  /rules                      { rules: DirectedRule[] }
 *   PUT  /rules                      DirectedRule: replaces the rule of that direction
 *   DELETE /rules                    no rules, no traps, held messages released; pending puppet calls dropped
 *   POST /traps                      Trap: caught messages are counted; answers { id }
 *   GET  /traps/:id                  { trap, caught: number[] } (seq of each message caught)
 *   DELETE /traps/:id                removes it and releases what it holds
 *   POST /traps/:id/release          lets everything it holds go on
 *   GET  /puppet?to=node2&waitMs=    long poll: the next message waiting for an answer by dsc, or 204
 *   POST /puppet/:seq                { status, body }: answers it as if `to` had
 *   GET  /messages?after=<seq>       { messages: WireMessage[] } oldest first
 *   PUT  /seed                       { seed: number }: restarts the wire's random numbers
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

/** Catches single messages of one caller to one callee. */
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
    /** Delivered twice, one after the other; the caller gets the first answer. */
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
  | 'reset'
  /** The callee refused or broke the connection, so the wire broke the caller's. */
  | 'unreachable'
  /** The caller gave up before an answer came. */
  | 'abandoned';

/** One request between two nodes as the wire saw it. Times are epoch ms of the wire's clock. */
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
  answeredAt: number | null;
  status: number | null;
  answer: string | null;
  outcome: Outcome;
  /** What the wire did to it, in words: "cut", "delayed 120 ms", "delivered twice". */
  faults: string[];
}
