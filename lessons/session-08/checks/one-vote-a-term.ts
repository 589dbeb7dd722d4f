import type { Check, Trial } from '../../../src/verify/check.ts';
import { BEGINNING, type LogEntry, type Position, position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'one-vote-a-term',
  promise: 'A node votes once a term, and knows after SIGKILL whom it has voted for',
  hints: [
    'Two candidates ask in the same term. What follows if a node votes for both?',
    'onRequestVote looks at votedFor and sets it; with effects.persist it is on disk before the answer leaves. A later term is a new vote.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#one-vote-a-term',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term } = peer;
    const [entry] = peer.entries(peer.end.index, [term], trial.unique('e')) as [LogEntry];
    await peer.append(peer.end, [entry], { from: 'node3' });
    const expectVote = async (
      inTerm: number,
      candidate: string,
      granted: boolean,
      why: string,
      log: Position = position(entry),
    ) => {
      const answer = await peer.askForVote(inTerm, log, candidate);
      trial.expect(answer.granted === granted, {
        expected: `in term ${inTerm} node1 ${granted ? 'votes' : 'does not vote'} for ${candidate}, ${why}`,
        seen: `voteGranted ${answer.granted}`,
      });
    };
    const first = term + 1;
    const second = term + 2;
    await expectVote(first, 'node2', true, 'the first to ask, whose log is like its own');
    await expectVote(first, 'node3', false, 'when it has voted for node2');
    await expectVote(first, 'node2', true, 'which asks once more: it may not have got the answer');
    await expectVote(second, 'node2', false, 'whose log is empty', BEGINNING);
    await expectVote(second, 'node3', true, 'the first to ask in a new term whose log will do');
    // The moment after the answer: what is not on disk now is gone.
    await trial.faults.kill(SUBJECT);
    await trial.faults.restart(SUBJECT);
    await expectVote(second, 'node2', false, 'when it has voted for node3 and was killed since');
    const { votedFor } = await peer.status();
    trial.expectEqual(
      votedFor,
      'node3',
      `votedFor in /status of node1, after it was killed in term ${second},`,
    );
    await expectVote(second + 1, 'node2', true, 'the first to ask in a new term');
    trial.fact(`three terms, three votes, one of them remembered when node1 was killed`);
  },
};
