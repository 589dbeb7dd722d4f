import type { Check, Trial } from '../../../src/verify/check.ts';
import type { AppendEntries, LogEntry } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';
import { brief } from '../../shared/brief.ts';

/** Whether a message shows a part of this log: entry by entry, and the one before. */
function isPartOf(log: readonly LogEntry[], { prevLogIndex, prevLogTerm, entries }: AppendEntries): boolean {
  const termAt = (index: number) => (index === 0 ? 0 : log[index - 1]?.term);
  return (
    termAt(prevLogIndex) === prevLogTerm &&
    entries.every(({ index, term }, n) => index === prevLogIndex + 1 + n && termAt(index) === term)
  );
}

export const check: Check = {
  id: 'begins-with-its-own-entry',
  promise:
    'A new leader writes an entry of its own term, sends it, and commits with it what others have left',
  hints: [
    'A leader has found entries that earlier leaders have left. From which moment on may it count on them?',
    'The given becomeLeader writes the entry. onAppendEntriesResponse notes in matchIndex that a peer has it; then advanceCommitIndex commits it, and with it all before.',
  ],
  chapter: 'consensus/14-log-replication.md#entries-of-earlier-terms',
  services: [SUBJECT],
  settings: standing,
  fresh: true,
  stands: 'The entry is given; the check tells a learner who changes what a leader sends what broke.',
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const left = peer.entries(0, [1, 1, 2], trial.unique('left'));
    const { success } = await peer.append({ index: 0, term: 0 }, left, { term: peer.term + 1 });
    trial.expectEqual(success, true, `the success of ${SUBJECT} with the first three entries`);
    const voters = await Voters.play(trial, { log: left });
    const { currentTerm: term } = await voters.leads();
    const { data } = (await trial.eventually(`${SUBJECT} sends AppendEntries`, () => voters.appends[0]))
      .message;
    const shape = ['prevLogIndex', 'prevLogTerm', 'leaderCommit'] as const;
    trial.expect(shape.every((name) => Number.isInteger(data?.[name])) && Array.isArray(data?.entries), {
      expected: 'AppendEntries carries prevLogIndex, prevLogTerm, entries and leaderCommit',
      seen: brief(data),
    });
    const status = await trial.eventually(
      `${SUBJECT}, with whom all agree, commits an entry of its own term`,
      async () => {
        const now = await voters.status();
        return now.state === 'leader' && now.commitIndex > left.length && now;
      },
      { seen: () => `nothing was committed behind entry ${left.length}` },
    );
    const log = await voters.log();
    const own = log.slice(left.length);
    trial.expect(
      own.length > 0 && own.every((entry) => entry.command === null && entry.term > peer.term + 1),
      {
        expected: `behind entry ${left.length} are entries without a command, of the terms in which ${SUBJECT} leads`,
        seen: brief(own),
      },
    );
    trial.expectEqual(
      log.slice(0, left.length),
      left,
      `the entries that ${SUBJECT} has found when it began to lead`,
    );
    for (const { message } of voters.appends) {
      trial.expect(isPartOf(log, message.data), () => ({
        expected: `what ${SUBJECT} sends is a part of its log, in one piece: ${brief(log.map((entry) => entry.term))} are the terms`,
        seen: brief(message.data),
      }));
    }
    await trial.eventually(`${SUBJECT} tells with leaderCommit that ${status.commitIndex} is committed`, () =>
      voters.appends.some(({ message }) => message.data.leaderCommit >= status.commitIndex),
    );
    trial.fact(
      `in term ${term} it wrote entry ${own[0]!.index}, and committed ${status.commitIndex} entries with it`,
    );
  },
};
