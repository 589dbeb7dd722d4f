import type { Check, Trial } from '../../../src/verify/check.ts';
import { type Position, position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

const ENTRIES = 5;

export const check: Check = {
  id: 'old-messages-cut-nothing',
  promise: 'A message that comes late or twice takes nothing back of what was taken since',
  hints: [
    'The leader has sent two messages, and the older one arrives last. What has the follower promised by then?',
    'Cut only at an entry whose term differs from the one that was sent. That the log goes on behind the entries of a message is no reason.',
  ],
  chapter: 'consensus/14-log-replication.md#old-messages',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const terms = Array.from({ length: ENTRIES }, () => term);
    const entries = peer.entries(end.index, terms, trial.unique('e'));
    const expectTaken = async (prev: Position, count: number, what: string) => {
      const sent = entries.slice(prev.index - end.index, prev.index - end.index + count);
      const { success, matchIndex } = await peer.append(prev, sent);
      trial.expectEqual(success, true, `the success of node1 with ${what}`);
      const reach = prev.index + count;
      trial.expect(matchIndex >= reach && matchIndex <= end.index + ENTRIES, {
        expected: `the matchIndex of node1 for ${what} is ${reach}: up to there its log is the leader's`,
        seen: `${matchIndex}`,
      });
      trial.expectEqual(
        await peer.logAfter(end.index),
        entries,
        `node1's log after entry ${end.index}, when it got ${what},`,
      );
    };
    await expectTaken(end, ENTRIES, `${ENTRIES} entries`);
    await expectTaken(end, 2, 'the first two of them once more, late');
    await expectTaken(end, 0, 'a heartbeat from before all of them, late');
    await expectTaken(position(entries[1]!), 1, 'the third of them once more');
    await expectTaken(position(entries[ENTRIES - 1]!), 0, 'a heartbeat that follows on all of them');
    trial.fact(`${ENTRIES} entries stayed when four older messages came`);
  },
};
