import type { Check, Trial } from '../../../src/verify/check.ts';
import { position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'only-what-fits',
  promise:
    'A follower takes entries only if it has the one before them, of the same term; a heartbeat is no exception',
  hints: [
    'Two logs agree up to an entry if they have the same term there. What if this node has nothing there, or another term?',
    'onAppendEntries: termAt(log, prevLogIndex) must be prevLogTerm, also when there are no entries. Index 0, before the log, always fits.',
  ],
  chapter: 'consensus/14-log-replication.md#the-consistency-check',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const [one, two, three] = peer.entries(end.index, [term, term, term], trial.unique('e')) as [
      any,
      any,
      any,
    ];
    const logIs = async (expected: unknown[], when: string) =>
      trial.expectEqual(
        await peer.logAfter(end.index),
        expected,
        `node1's log after entry ${end.index}, ${when},`,
      );
    const expectRefusal = async (answer: { success: boolean }, what: string) =>
      trial.expectEqual(answer.success, false, `the success of node1 with ${what}`);

    await expectRefusal(
      await peer.append(position(one), [two]),
      `entry ${two.index}, when it has none before it,`,
    );
    await expectRefusal(
      await peer.append({ index: end.index + 5, term }, []),
      `a heartbeat that follows on entry ${end.index + 5}, when its log ends with ${end.index},`,
    );
    await logIs([], 'after entries that left a gap');
    const all = await peer.append(end, [one, two]);
    trial.expectEqual(all.success, true, 'the success of node1 with two entries that follow on its log');
    await logIs([one, two], 'after two entries that fit');
    const next = term + 1;
    const other = { index: two.index, term: next };
    await expectRefusal(
      await peer.append(other, [], { term: next }),
      `a heartbeat that follows on an entry ${two.index} of term ${next}, when its own is of term ${term},`,
    );
    await expectRefusal(
      await peer.append(other, [{ ...three, term: next }], { term: next }),
      `an entry that follows on an entry ${two.index} of term ${next}, when its own is of term ${term},`,
    );
    const earlier = { index: two.index, term: term - 1 };
    await expectRefusal(
      await peer.append(earlier, [], { term: next }),
      `a heartbeat that follows on an entry ${two.index} of term ${term - 1}, when its own is of a later term, ${term},`,
    );
    const log = await peer.logAfter(end.index);
    trial.expect(log.length <= 2 && log.every((entry, n) => entry.term === [one, two][n].term), {
      expected: 'what does not fit is not written into the log',
      seen: JSON.stringify(log),
    });
    trial.fact('two gaps, two heartbeats and an entry of another past refused; what fitted was taken');
  },
};
