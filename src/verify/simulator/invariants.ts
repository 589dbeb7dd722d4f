import type { CoreState, Durable, Effects, Entry, Message } from './core.ts';
import { Violation } from './violation.ts';

/** What the simulator remembers of a node between two steps. */
interface Remembered {
  state: CoreState['state'];
  currentTerm: number;
  commitIndex: number;
  lastApplied: number;
  /** The log after the step before: the same entries, in a list of its own. */
  log: Entry[];
}

interface CommittedEntry {
  entry: Entry;
  /** Term of the leader that committed it: leaders of later terms must have it. */
  inTerm: number;
}

/**
 * The properties of the Raft paper's figure 3, and what they rest on, looked at after every step. Each look costs only
 * what the step has changed.
 */
export class Invariants {
  readonly #before = new Map<string, Remembered>();
  readonly #leaders = new Map<number, string>();
  /** By node and term. */
  readonly #votes = new Map<string, string>();
  /** The highest term that each node has told anybody. */
  readonly #toldTerm = new Map<string, number>();
  /** By index and term: the entry, and the term of the one before it. */
  readonly #entries = new Map<string, { command: string; previousTerm: number }>();
  readonly #committed: CommittedEntry[] = [];

  /** How many entries are known to be committed. */
  get committed(): number {
    return this.#committed.length;
  }

  get elections(): number {
    return this.#leaders.size;
  }

  /** A node has started, with what was on its disk. */
  started(node: CoreState): void {
    const told = this.#toldTerm.get(node.id) ?? 0;
    if (node.currentTerm < told) {
      throw new Violation(
        'terms-only-grow',
        `${node.id} restarts in term ${node.currentTerm}, though it has told others of term ${told}.`,
        { terms: [told], nodes: [node.id] },
      );
    }
    this.#remember(node);
  }

  /** @param disk what the node has saved, this step included */
  check(node: CoreState, effects: Effects, disk: Durable): void {
    const before = this.#before.get(node.id)!;
    this.#checkLog(node, before);
    this.#checkTerm(node, before);
    this.#checkLeader(node, before);
    this.#checkCommit(node, before, effects);
    if (effects.reply !== null || effects.send.length > 0) this.#checkDisk(node, disk);
    this.#checkVotes(node, effects);
    for (const { term } of leaving(effects)) {
      if (term > (this.#toldTerm.get(node.id) ?? 0)) this.#toldTerm.set(node.id, term);
    }
    this.#remember(node);
  }

  #checkTerm(node: CoreState, { currentTerm }: Remembered): void {
    if (node.currentTerm >= currentTerm) return;
    const seen = `${node.id} goes from term ${currentTerm} back to term ${node.currentTerm}.`;
    throw new Violation('terms-only-grow', seen, { terms: [currentTerm], nodes: [node.id] });
  }

  #checkLeader(node: CoreState, before: Remembered): void {
    if (node.state !== 'leader') return;
    const { id, currentTerm: term, log } = node;
    const other = this.#leaders.get(term);
    if (other !== undefined && other !== id) {
      const seen = `${other} and ${id} both lead in term ${term}.`;
      throw new Violation('election-safety', seen, { terms: [term], nodes: [other, id] });
    }
    if (before.state === 'leader' && before.currentTerm === term) {
      const last = before.log.length;
      if (log.length < last || (last > 0 && log[last - 1]!.term !== before.log[last - 1]!.term)) {
        throw new Violation(
          'leader-append-only',
          `${id} leads in term ${term}, and its log loses entries: it had ${last}, of which it keeps ${sharedLength(before.log, log)}.`,
          { terms: [term], nodes: [id] },
        );
      }
      return;
    }
    this.#leaders.set(term, id);
    const missing = this.#committed.find(
      ({ entry, inTerm }) => inTerm < term && log[entry.index - 1]?.term !== entry.term,
    );
    if (missing) {
      const { index, term: entryTerm } = missing.entry;
      throw new Violation(
        'leader-completeness',
        `${id} becomes leader of term ${term} without entry ${index} of term ${entryTerm}, which was committed in term ${missing.inTerm}.`,
        { terms: [entryTerm, missing.inTerm, term], nodes: [id] },
      );
    }
  }

  /** Entries that are new here are like those with the same index and term elsewhere, and so is what stands before them. */
  #checkLog(node: CoreState, before: Remembered): void {
    const { id, log } = node;
    for (let place = sharedLength(before.log, log); place < log.length; place += 1) {
      const { index, term, command } = log[place]!;
      const previousTerm = place === 0 ? 0 : log[place - 1]!.term;
      if (index !== place + 1 || term < previousTerm) {
        const seen = `The log of ${id} has an entry ${index} of term ${term} in place ${place + 1}, after one of term ${previousTerm}.`;
        throw new Violation('log-matching', seen, { terms: [term], nodes: [id] });
      }
      const name = `${index}.${term}`;
      const text = JSON.stringify(command);
      const known = this.#entries.get(name);
      if (known === undefined) this.#entries.set(name, { command: text, previousTerm });
      else if (known.command !== text || known.previousTerm !== previousTerm) {
        const seen = `Entry ${index} of term ${term} is not the same on ${id} as on others, or what stands before it is not.`;
        throw new Violation('log-matching', seen, { terms: [term], nodes: [id] });
      }
    }
  }

  #checkCommit(node: CoreState, before: Remembered, effects: Effects): void {
    const { id, currentTerm, commitIndex, lastApplied, log } = node;
    const about = { terms: [currentTerm], nodes: [id] };
    if (commitIndex < before.commitIndex) {
      const seen = `The commitIndex of ${id} goes from ${before.commitIndex} back to ${commitIndex}.`;
      throw new Violation('commit-only-grows', seen, about);
    }
    if (commitIndex > log.length || lastApplied > commitIndex) {
      const seen = `${id} has ${log.length} entries, commitIndex ${commitIndex} and lastApplied ${lastApplied}.`;
      throw new Violation('commit-only-grows', seen, about);
    }
    for (let index = before.commitIndex + 1; index <= commitIndex; index += 1) {
      const entry = log[index - 1]!;
      const known = this.#committed[index - 1];
      if (known === undefined) this.#committed.push({ entry, inTerm: currentTerm });
      else if (known.entry.term !== entry.term) {
        throw new Violation(
          'state-machine-safety',
          `${id} takes entry ${index} of term ${entry.term} for committed; that of term ${known.entry.term} was committed in its place, in term ${known.inTerm}.`,
          { terms: [entry.term, known.entry.term, known.inTerm], nodes: [id] },
        );
      }
    }
    // A committed entry that was removed, or that was replaced and never taken for committed again.
    const lost = sharedLength(before.log, log) + 1;
    if (lost <= before.commitIndex && log[lost - 1]?.term !== before.log[lost - 1]!.term) {
      const seen = `${id} removes entry ${lost}, though it has taken it for committed.`;
      throw new Violation('state-machine-safety', seen, about);
    }
    this.#checkApplied(node, before, effects.apply ?? []);
  }

  #checkApplied({ id, lastApplied }: CoreState, before: Remembered, applied: readonly Entry[]): void {
    for (const [position, { index, term }] of applied.entries()) {
      const expected = before.lastApplied + 1 + position;
      const committed = this.#committed[expected - 1]?.entry;
      if (index === expected && committed?.term === term) continue;
      const seen = `${id} applies entry ${index} of term ${term}, where entry ${expected} comes next.`;
      throw new Violation('state-machine-safety', seen, { terms: [term], nodes: [id] });
    }
    if (lastApplied === before.lastApplied + applied.length) return;
    const seen = `${id} has lastApplied ${lastApplied} after ${before.lastApplied}, and applies ${applied.length} entries.`;
    throw new Violation('commit-only-grows', seen, { nodes: [id] });
  }

  #checkDisk({ id, currentTerm, votedFor, log }: CoreState, disk: Durable): void {
    const same = sharedLength(disk.log, log);
    const unsaved = [
      ...(currentTerm === disk.currentTerm ? [] : [`term ${currentTerm}`]),
      ...(votedFor === disk.votedFor ? [] : [`the vote for ${votedFor ?? 'nobody'}`]),
      ...(same === log.length && same === disk.log.length ? [] : [`its log from entry ${same + 1} on`]),
    ];
    if (unsaved.length === 0) return;
    const seen = `${id} sends or answers a message before it has saved ${unsaved.join(' and ')}.`;
    throw new Violation('on-disk-first', seen, { terms: [currentTerm], nodes: [id] });
  }

  #checkVotes({ id }: CoreState, effects: Effects): void {
    for (const message of leaving(effects)) {
      if (message.type === 'RequestVote') this.#vote(id, message.term, id);
      const granted = message.type === 'RequestVoteResponse' && message.data.voteGranted === true;
      if (granted) this.#vote(id, message.term, message.to);
    }
  }

  #vote(voter: string, term: number, candidate: string): void {
    const name = `${voter} ${term}`;
    const other = this.#votes.get(name);
    this.#votes.set(name, candidate);
    if (other === undefined || other === candidate) return;
    const seen = `${voter} votes for ${candidate} in term ${term}, though it has voted for ${other}.`;
    throw new Violation('one-vote-a-term', seen, { terms: [term], nodes: [voter] });
  }

  #remember({ id, state, currentTerm, commitIndex, lastApplied, log }: CoreState): void {
    const before = this.#before.get(id);
    if (before === undefined || before.log.length > log.length) {
      this.#before.set(id, { state, currentTerm, commitIndex, lastApplied, log: [...log] });
      return;
    }
    Object.assign(before, { state, currentTerm, commitIndex, lastApplied });
    // A step changes the end of a log: what is the same object is the same entry, and so is all before it.
    let same = before.log.length;
    while (same > 0 && before.log[same - 1] !== log[same - 1]) same -= 1;
    before.log.length = same;
    for (let place = same; place < log.length; place += 1) before.log.push(log[place]!);
  }
}

function leaving({ reply, send }: Effects): Message[] {
  return reply === null ? send : [reply, ...send];
}

/** How many entries two logs have in common from the beginning, if they differ at the end only. */
function sharedLength(one: readonly Entry[], other: readonly Entry[]): number {
  let length = Math.min(one.length, other.length);
  for (let place = length; place > 0; place -= 1) {
    const [left, right] = [one[place - 1]!, other[place - 1]!];
    // The same object, and so is everything before it.
    if (left === right) return length;
    if (left.term !== right.term || left.index !== right.index) length = place - 1;
  }
  return length;
}
