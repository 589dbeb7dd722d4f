import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const JOINS = 50;
const AT_ONCE = 10;
const PADDING = 'z'.repeat(4_000);
/** So many live messages must follow the history. */
const LIVE = 3;

export const check: Check = {
  id: 'joins-in-the-middle',
  promise: 'Who joins while others speak gets the history, then the live messages: no gap, no double',
  hints: [
    'The history has been read, and is on its way. A message comes. Where does it go?',
    'catchUp: hold, register, read, send, release. Read before you register, and what is said in between is lost.',
  ],
  chapter: 'real-time/10-chat-system.md#what-did-i-miss',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    const room = trial.unique('den');
    const speakers = await Promise.all(
      SERVERS.map((server) => ChatClient.connect(trial, server, `speaker-${server}`)),
    );
    for (const speaker of speakers) await speaker.join(room);
    for (let n = 0; n < 10; n++) await speakers[0]!.say(room, `before ${n} ${PADDING}`);
    let over = false;
    const speaking = Promise.all(speakers.map((speaker) => speakUntil(trial, speaker, room, () => over)));
    speaking.catch(() => {});
    const histories = [];
    for (let n = 0; n < JOINS; n += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, (_, k) => joinOnce(trial, room, n + k));
      histories.push(...(await Promise.all(batch)));
    }
    over = true;
    await speaking;
    trial.fact(
      `${JOINS} clients joined while two spoke, with histories of up to ${Math.max(...histories)} messages: none had a gap`,
    );
  },
};

async function speakUntil(
  trial: Trial,
  speaker: ChatClient,
  room: string,
  over: () => boolean,
): Promise<void> {
  for (let n = 0; !over(); n++) {
    speaker.post(room, `${n} ${PADDING}`);
    await trial.elapse(3);
  }
}

/** Joins, listens for a while, goes. Returns the length of the history. */
async function joinOnce(trial: Trial, room: string, n: number): Promise<number> {
  const client = await ChatClient.connect(trial, SERVERS[n % 2]!, `late${n}`);
  await trial.elapse(trial.random() * 20);
  // Every other one has a part already.
  const { sequenceNumber, messages } = await client.join(room, n % 4 < 2 ? 0 : 5);
  await client.upTo(room, sequenceNumber + LIVE);
  client.line.close();
  return messages.length;
}
