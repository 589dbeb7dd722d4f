/** Which promise of Raft was broken. */
export type Property =
  | 'election-safety'
  | 'one-vote-a-term'
  | 'terms-only-grow'
  | 'on-disk-first'
  | 'log-matching'
  | 'leader-append-only'
  | 'leader-completeness'
  | 'state-machine-safety'
  | 'commit-only-grows'
  | 'linearizable-reads'
  | 'once-only'
  | 'liveness'
  | 'crash';

/** Each promise in a learner's words. */
export const PROMISES: Record<Property, string> = {
  'election-safety': 'In one term there is at most one leader.',
  'one-vote-a-term': 'A node votes at most once in a term, also if it restarts in between.',
  'terms-only-grow': 'A term that a node has told others never goes back, also if it restarts.',
  'on-disk-first': 'Term, vote and log are on disk before anything that depends on them leaves the node.',
  'log-matching': 'If two logs have an entry with the same index and term, they are the same up to there.',
  'leader-append-only': 'A leader never removes or changes entries of its own log.',
  'leader-completeness': 'What is committed is in the log of every later leader.',
  'state-machine-safety': 'No two nodes apply different entries at the same index.',
  'commit-only-grows': 'What a node has found to be committed stays so, and is applied in order.',
  'linearizable-reads': 'A read sees every write that was acknowledged before it.',
  'once-only': 'A request that a client repeats takes effect once, and the same on every node.',
  liveness: 'When the faults are over, the nodes agree on a leader and go on.',
  crash: 'A node does not break down, whatever happens around it.',
};

/** A core has broken a promise. */
export class Violation extends Error {
  readonly property: Property;
  /** Terms and nodes that the story is about. */
  readonly about: { terms?: number[]; nodes?: string[] };

  /**
   * @param seen what happened, in a sentence
   * @param cause of a crash: what the core threw
   */
  constructor(
    property: Property,
    seen: string,
    about: { terms?: number[]; nodes?: string[] } = {},
    cause?: unknown,
  ) {
    super(seen, { cause });
    this.name = 'Violation';
    this.property = property;
    this.about = about;
  }
}
