import type { Check, Trial } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

const LATER = 40;

export const check: Check = {
  id: 'earlier-terms-are-refused',
  promise:
    'What comes from an earlier term is refused, and answered with the present one, also after SIGKILL',
  hints: [
    'A candidate or leader was asleep for ten terms and goes on where it was. Who can tell it?',
    'A message of an earlier term gets a refusal; the answer carries currentTerm. And currentTerm is on disk before anything is answered in it.',
  ],
  chapter: 'consensus/12-raft-algorithm.md#terms',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { end } = peer;
    const present = peer.term + LATER;
    // Twice a later term: with the second one nothing changes but the term, and that must be on disk, too.
    await peer.append(end, [], { term: present - 2, from: 'node3' });
    const heartbeat = await peer.append(end, [], { term: present, from: 'node3' });
    trial.expectEqual(heartbeat.success, true, `the success of node1 with a heartbeat of term ${present}`);
    trial.expectEqual(
      heartbeat.term,
      present,
      `the term in which node1 answers a heartbeat of term ${present}`,
    );
    const expectRefusals = async (when: string) => {
      const past = present - 1;
      const vote = await peer.askForVote(past, { index: end.index + 9, term: past });
      trial.expectEqual(vote.granted, false, `the vote of node1 in term ${past}, ${when},`);
      const stale = await peer.append(end, [], { term: past });
      trial.expectEqual(
        stale.success,
        false,
        `the success of node1 with a heartbeat of term ${past}, ${when},`,
      );
      for (const { term } of [vote, stale]) {
        trial.expectEqual(
          term,
          present,
          `the term in which node1 answers a message of term ${past}, ${when},`,
        );
      }
    };
    await expectRefusals(`when it is in term ${present}`);
    const { leader } = await peer.status();
    trial.expectEqual(
      leader,
      'node3',
      `the leader that node1 names, after a heartbeat of node2 of an earlier term,`,
    );
    await trial.faults.kill(SUBJECT);
    await trial.faults.restart(SUBJECT);
    await expectRefusals(`when it was in term ${present} and was killed since`);
    trial.fact(`in term ${present}, heard of from node3, nothing of term ${present - 1} counted`);
  },
};
