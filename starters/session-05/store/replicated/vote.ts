import { wholeNumber } from './entry.ts';
import type { Fields } from './rpc.ts';

/** A candidate that asks for a vote. */
export interface VoteRequest {
  term: number;
  candidate: string;
  /** Term of the last entry of the candidate's log. */
  lastLogTerm: number;
  /** Index of that entry: the length of the log. */
  lastLogIndex: number;
}

/** A node that is asked for its vote. */
export interface Voter {
  term: number;
  /** Who got this node's vote in this term. */
  votedFor: string | null;
  lastLogTerm: number;
  lastLogIndex: number;
}

/**
 * Whether the candidate may have this voter's vote. Nobody votes twice in a term. And nobody votes for a log that is
 * behind the own one: the one whose last entry has the later term is ahead, and of two with the same last term the
 * longer one. (Raft paper, section 5.4.1)
 *
 * @param voter in the candidate's term already, unless that is over
 */
export function shouldGrantVote(voter: Voter, request: VoteRequest): boolean {
  if (request.term < voter.term) return false;
  if (voter.votedFor !== null && voter.votedFor !== request.candidate) return false;
  if (request.lastLogTerm !== voter.lastLogTerm) return request.lastLogTerm > voter.lastLogTerm;
  return request.lastLogIndex >= voter.lastLogIndex;
}

/** Reads the data of a `RequestVote`. Throws HttpError 400. */
export function parseVoteRequest(term: number, from: string, data: Fields): VoteRequest {
  return {
    term,
    candidate: from,
    lastLogTerm: wholeNumber(data, 'lastLogTerm'),
    lastLogIndex: wholeNumber(data, 'lastLogIndex'),
  };
}
