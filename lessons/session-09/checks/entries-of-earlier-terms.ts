import type { Check, Trial } from '../../../src/verify/check.ts';
import { BEGINNING } from '../../consensus/messages.ts';
import { MAJORITY, SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const HOLDS_MS = 500;

/** Figure 8 of the Raft paper, with three nodes: a majority has the entry, and it may yet be replaced. */
export const check: Check = {
  id: 'entries-of-earlier-terms',
  promise:
    'An entry of an earlier term is not committed by being on a majority, but by one of the own term behind it',
  hints: [
    'A majority has the entry, and yet a node without it can be elected, if its last entry is of a later term. So what makes the old entry safe?',
    "advanceCommitIndex counts only entries whose term is the leader's currentTerm. All before such an entry are committed with it.",
  ],
  chapter: 'consensus/14-log-replication.md#entries-of-earlier-terms',
  services: [SUBJECT],
  settings: { ...standing, MAX_ENTRIES_PER_APPEND: '1' },
  fresh: true,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const [old] = peer.entries(0, [2], trial.unique('old')) as [any];
    const { success } = await peer.append(BEGINNING, [old], { term: 2 });
    trial.expectEqual(success, true, `the success of ${SUBJECT} with its first entry, of term 2,`);
    const voters = await Voters.play(trial);
    // All take the old entry. What comes after it nobody has taken yet.
    const holders = new Set<string>();
    voters.onAppend = ({ message }) => {
      const { prevLogIndex, entries } = message.data;
      const tooFar = prevLogIndex + entries.length > old.index;
      const known = voters.logs.get(message.to)!;
      if (tooFar && known.termAt(prevLogIndex) !== undefined) return undefined;
      const data = voters.take(message);
      if (data.success && data.matchIndex >= old.index) holders.add(message.to);
      return { data };
    };
    const { currentTerm } = await voters.leads();
    const alone = () =>
      voters.appends.some(
        ({ message: { data } }) => data.entries.length === 1 && data.entries[0]?.index === old.index,
      );
    const began = performance.now();
    await trial.eventually('the old entry is sent, or it is plain that it is not sent alone', () => {
      const sentTogether = voters.appends.some(({ message: { data } }) => data.entries.length > 1);
      return (
        holders.size >= MAJORITY - 1 || sentTogether || performance.now() - began > trial.patience(3_000)
      );
    });
    if (!alone()) {
      trial.fact(
        `${SUBJECT} sends an old entry together with its own: there is no moment at which it could be wrong`,
      );
      return;
    }
    await trial.holds(
      'the old entry is not committed',
      async () => {
        const { commitIndex } = await voters.status();
        const told = Math.max(0, ...voters.appends.map(({ message }) => message.data.leaderCommit));
        if (commitIndex === 0 && told === 0) return undefined;
        return {
          expected: `${SUBJECT}, which leads in term ${currentTerm} or later, does not commit entry ${old.index} of term ${old.term}, though ${[...holders].join(' and ')} has it: nobody has an entry of the leader's own term`,
          seen: `its commitIndex is ${commitIndex}, and it has told leaderCommit ${told}`,
        };
      },
      { forMs: HOLDS_MS },
    );
    voters.onAppend = ({ message }) => ({ data: voters.take(message) });
    const { commitIndex } = await trial.eventually(
      `${SUBJECT} commits the old entry with one of its own term`,
      async () => {
        const status = await voters.status();
        return status.commitIndex > old.index && status;
      },
    );
    trial.fact(
      `entry ${old.index} of term ${old.term} was on a majority, and was committed only with entry ${commitIndex}`,
    );
  },
};
