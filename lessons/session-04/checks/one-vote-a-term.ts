import type { Check, Trial } from '../../../src/verify/check.ts';
import { Peer, SUBJECT } from '../../store/peer.ts';
import { quiet } from '../../store/settings.ts';

export const check: Check = {
  id: 'one-vote-a-term',
  promise: 'A node votes once a term, also when it was killed in between, and never for the past',
  hints: [
    'Two candidates stand in one term. What if a node votes for both?',
    "shouldGrantVote: an earlier term gets no vote, and votedFor says who has this term's. The same candidate may ask twice: its answer was lost.",
  ],
  chapter: 'data-store/06-replication.md#who-next',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const first = await peer.askForVote(term, end, 'node2');
    trial.expectEqual(
      first.granted,
      true,
      `the vote of node1 for node2 in term ${term}, whose log is like its own,`,
    );
    const second = await peer.askForVote(term, end, 'node3');
    trial.expectEqual(
      second.granted,
      false,
      `the vote of node1 for node3 in term ${term}, in which it has voted for node2,`,
    );
    const again = await peer.askForVote(term, end, 'node2');
    trial.expectEqual(
      again.granted,
      true,
      `the vote of node1 for node2, which asks again in term ${term}: it may not have got the answer,`,
    );
    await trial.faults.kill(SUBJECT);
    await trial.faults.restart(SUBJECT);
    const after = await peer.askForVote(term, end, 'node3');
    trial.expectEqual(
      after.granted,
      false,
      `the vote of node1 for node3 in term ${term}, after a restart: its vote is node2's,`,
    );
    const old = await peer.askForVote(term - 1, end, 'node2');
    trial.expectEqual(old.granted, false, `the vote of node1 in term ${term - 1}, when it is in ${term},`);
    trial.expectEqual(old.term, term, 'the term in which node1 answers a candidate of an earlier one');
    const later = await peer.askForVote(term + 1, end, 'node3');
    trial.expectEqual(
      later.granted,
      true,
      `the vote of node1 for node3 in term ${term + 1}: a new term, a new vote,`,
    );
    trial.fact(`in term ${term} node1 voted for node2 alone, also after it was killed`);
  },
};
