import type { Check, Trial } from '../../../src/verify/check.ts';
import { type Position, position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

const ROUNDS = 2;

export const check: Check = {
  id: 'taken-is-on-disk',
  promise: 'What a follower says it has taken is there after SIGKILL, a moment later',
  hints: [
    'The leader counts this node when it commits. What if the node forgets after it has said success?',
    'Every change of the log sets effects.persist: then the given shell writes it to disk before the answer leaves.',
  ],
  chapter: 'consensus/14-log-replication.md#when-is-an-entry-committed',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term } = peer;
    let end: Position = peer.end;
    for (let round = 1; round <= ROUNDS; round++) {
      const [entry] = peer.entries(end.index, [term], trial.unique('kept')) as [any];
      const { success } = await peer.append(end, [entry]);
      trial.expectEqual(success, true, `the success of node1 with entry ${entry.index}`);
      await trial.faults.kill(SUBJECT);
      await trial.faults.restart(SUBJECT);
      trial.expectEqual(
        await peer.logAfter(end.index),
        [entry],
        `node1's log after entry ${end.index}, when it had taken one more and was killed,`,
      );
      const { commitIndex } = await peer.status();
      trial.expect(commitIndex < entry.index, {
        expected: `node1 has entry ${entry.index} on disk, and nobody has said that it is committed: after a restart it is not`,
        seen: `its commitIndex is ${commitIndex}`,
      });
      const after = await peer.append(position(entry), []);
      trial.expectEqual(
        after.success,
        true,
        `the success of node1 with a heartbeat that follows on entry ${entry.index}`,
      );
      end = position(entry);
    }
    trial.fact(`${ROUNDS} entries taken, node1 killed after each, and both were there`);
  },
};
