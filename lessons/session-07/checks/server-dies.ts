import type { Check, Trial } from '../../../src/verify/check.ts';
import { sameHistory } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';
import { expectOneTruth, Talker } from '../../chat/talker.ts';

const PAUSE_MS = 5;
const ENOUGH = 40;

export const check: Check = {
  id: 'server-dies',
  promise: 'The server that numbers is killed while all speak: it comes back, and nothing promised is lost',
  hints: [
    'Which is the next number after the restart, and who might have been told of it already?',
    'Shown or acknowledged only after it is on disk (sequence), found again by its id, read again from where the reader was.',
  ],
  chapter: 'real-time/10-chat-system.md#when-a-server-dies',
  services: SERVERS,
  settings: calm,
  stands:
    'It is what the session is for. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const { room } = await roomOf(trial, 'chat1');
    const talkers = SERVERS.flatMap((server) =>
      ['a', 'b'].map((letter) => new Talker(trial, `${letter}-${server}`, room, [server])),
    );
    // One that goes to the other server when its own is dead.
    talkers.push(new Talker(trial, 'wanderer', room, SERVERS));
    const talking = Promise.all(talkers.map((talker) => talker.talk(PAUSE_MS)));
    talking.catch(() => {});
    const acknowledged = () => talkers.reduce((sum, talker) => sum + talker.acknowledged.length, 0);
    const more = (count: number) => {
      const goal = acknowledged() + count;
      const reached = trial.eventually(
        `${count} more messages are acknowledged`,
        () => acknowledged() >= goal,
        {
          withinMs: 15_000,
          seen: () => `${acknowledged() - goal + count} were`,
        },
      );
      return Promise.race([reached, talking.then(() => reached)]);
    };
    await more(ENOUGH);
    const before = acknowledged();
    await trial.faults.kill('chat1');
    await trial.elapse(200);
    await trial.faults.restart('chat1');
    await more(ENOUGH);
    for (const talker of talkers) talker.stop();
    await talking;
    const history = await sameHistory(trial, room, acknowledged());
    await Promise.all(talkers.map((talker) => talker.upTo(history.length)));
    expectOneTruth(trial, talkers, history);
    const repeats = talkers.reduce((sum, talker) => sum + talker.repeats, 0);
    trial.fact(
      `${acknowledged()} acknowledged messages, ${before} before the kill, ${repeats} said again: all are there, each once`,
    );
  },
};
