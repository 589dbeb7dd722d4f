import type { Check, Trial } from '../../../src/verify/check.ts';
import { BEGINNING, type LogEntry } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

export const check: Check = {
  id: 'finds-where-logs-part',
  promise: 'A leader goes back until its log and that of a follower are the same, whatever the follower has',
  hints: [
    'The follower refuses. What does the leader know then, and what does it try next?',
    'After a refusal nextIndex becomes smaller, by one at least, with or without conflictIndex; never smaller than 1. Then sendAppendEntries again.',
  ],
  chapter: 'consensus/14-log-replication.md#repairing-a-log',
  services: [SUBJECT],
  settings: standing,
  fresh: true,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const mark = trial.unique('e');
    const own = peer.entries(0, [1, 1, 4, 4, 5, 5, 5], mark);
    const { success } = await peer.append(BEGINNING, own, { term: 5 });
    trial.expectEqual(success, true, `the success of ${SUBJECT} with the first seven entries`);
    const voters = await Voters.play(trial);
    // node2 has nothing, and gives no hints; node3 has much that nobody else has, and gives them.
    const wrong = peer.entries(2, [2, 2, 3, 3, 3, 3], `${mark}-wrong`);
    const far = voters.logs.get('node3')!;
    far.entries.push(...own.slice(0, 2), ...wrong);
    far.hints = true;
    await voters.leads();
    let log: LogEntry[] = [];
    const has = (name: string) => {
      const entries = voters.logs.get(name)!.entries;
      return entries.length >= own.length && entries.every(({ term }, n) => term === log[n]?.term);
    };
    for (const name of voters.names) {
      await trial.eventually(
        `${name} gets the log of ${SUBJECT}, from where they part`,
        async () => {
          log = await voters.log();
          return has(name);
        },
        {
          seen: () => {
            const terms = voters.logs.get(name)!.entries.map(({ term }) => term);
            return `the terms of its entries are ${terms.join(' ') || 'none'}, those of ${SUBJECT} are ${log.map(({ term }) => term).join(' ')}`;
          },
        },
      );
    }
    await trial.eventually(`${SUBJECT} commits when the logs are the same`, async () => {
      const { commitIndex } = await voters.status();
      return commitIndex > own.length;
    });
    trial.expectEqual(
      log.slice(0, own.length),
      own,
      `the first entries of ${SUBJECT}, which leads and cuts nothing of its own,`,
    );
    const messages = voters.names.map(
      (name) => `${voters.appends.filter(({ message }) => message.to === name).length} to ${name}`,
    );
    trial.fact(`both logs repaired, with ${messages.join(' and ')}`);
  },
};
