import type { Check, Trial } from '../../../src/verify/check.ts';
import { position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'commits-what-it-has',
  promise:
    "A follower commits no more than what this message has shown to be the leader's, and never less than before",
  hints: [
    'The leader has committed up to 10. This follower knows that its log is the same up to 7. What may it apply?',
    "commitIndex = the smaller of leaderCommit and the last entry of this message (prevLogIndex and the entries), but never less than it is. The own log's end does not matter: it may be wrong there.",
  ],
  chapter: 'consensus/14-log-replication.md#commit-of-a-follower',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const entries = peer.entries(end.index, [term, term, term, term], trial.unique('e'));
    const [one, two, three, four] = entries as [any, any, any, any];
    const expectCommit = async (commitIndex: number, why: string) => {
      const status = await peer.status();
      trial.expectEqual(status.commitIndex, commitIndex, `the commitIndex of node1 ${why}`);
      await trial.eventually(
        `node1 applies what is committed, up to ${commitIndex}`,
        async () => (await peer.status()).lastApplied === commitIndex,
      );
    };
    const before = peer.commitIndex;
    await peer.append(end, [one, two, three, four]);
    await expectCommit(before, 'after four entries with leaderCommit 0');
    // A leader of the next term has only the first of them, as far as this message tells.
    const next = term + 1;
    const beat = await peer.append(position(one), [], { term: next, leaderCommit: four.index });
    trial.expectEqual(
      beat.success,
      true,
      `the success of node1 with a heartbeat that follows on entry ${one.index}`,
    );
    trial.expectEqual(
      beat.matchIndex,
      one.index,
      `the matchIndex of node1 for that heartbeat, which says nothing about its entries behind ${one.index},`,
    );
    await expectCommit(
      one.index,
      `after a heartbeat of a new leader with prevLogIndex ${one.index} and leaderCommit ${four.index}: what node1 has behind ${one.index} may differ`,
    );
    const [other] = peer.entries(one.index, [next], trial.unique('other')) as [any];
    await peer.append(position(one), [other], { term: next, leaderCommit: other.index + 10 });
    await expectCommit(other.index, `after entry ${other.index} with leaderCommit ${other.index + 10}`);
    await peer.append(position(other), [], { term: next, leaderCommit: end.index });
    await expectCommit(other.index, `after a heartbeat with an older leaderCommit, ${end.index}`);
    const refused = await peer.append({ index: other.index + 3, term: next }, [], {
      term: next,
      leaderCommit: other.index + 3,
    });
    trial.expectEqual(refused.success, false, 'the success of node1 with a heartbeat that leaves a gap');
    await expectCommit(
      other.index,
      `after a heartbeat that it has refused, with leaderCommit ${other.index + 3}`,
    );
    const [more] = peer.entries(other.index, [next], trial.unique('more')) as [any];
    await peer.append(position(other), [more], { term: next, leaderCommit: other.index });
    const differs = { index: more.index, term: next + 1 };
    const refusal = await peer.append(differs, [], { term: next + 1, leaderCommit: more.index });
    trial.expectEqual(
      refusal.success,
      false,
      `the success of node1 with a heartbeat that follows on an entry ${more.index} of term ${next + 1}, when its own is of term ${next},`,
    );
    await expectCommit(
      other.index,
      `after that heartbeat, which it has refused, with leaderCommit ${more.index}: its own entry ${more.index} is another one`,
    );
    trial.fact(`committed up to ${other.index}: five times less than the leader had said`);
  },
};
