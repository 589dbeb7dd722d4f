import type { Journal, Remembered } from './journal.ts';

export type Role = 'leader' | 'follower' | 'candidate';

/** Who leads, in which term, and what this node has to do with it. */
export class NodeState {
  readonly nodeId: string;
  readonly #journal: Journal;
  role: Role = 'follower';
  /** null while nobody is known to lead. */
  leader: string | null = null;
  #term: number;
  #votedFor: string | null;

  constructor(nodeId: string, journal: Journal, { term, votedFor }: Remembered) {
    this.nodeId = nodeId;
    this.#journal = journal;
    this.#term = term;
    this.#votedFor = votedFor;
  }

  get term(): number {
    return this.#term;
  }

  /** Who got this node's vote in this term. */
  get votedFor(): string | null {
    return this.#votedFor;
  }

  /** Goes on to a later term. On disk only after `sync`: no answer may leave before. */
  enterTerm(term: number, votedFor: string | null): void {
    this.#term = term;
    this.#votedFor = votedFor;
    this.#journal.append({ term, votedFor });
  }

  /** Gives this term's vote away. On disk only after `sync`: a node that forgets its vote votes twice. */
  voteFor(candidate: string): void {
    this.enterTerm(this.#term, candidate);
  }

  /** Resolves when term and vote are on disk. */
  sync(): Promise<void> {
    return this.#journal.sync();
  }
}
