import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';

/** Names that are something else to a program, a path, or a page. */
const ROOMS = ['__proto__', 'constructor', 'a/b?c#d', 'ü 日本 👩', '<b>bold</b>', ' '];
const USERS = ['__proto__', 'Ü&日=本', '<script>alert(1)</script>'];

export const check: Check = {
  id: 'any-name',
  promise: 'Rooms and users may have any name, and what is said arrives as it was said',
  hints: [
    'What does {}["constructor"] give, although nobody has put anything into it?',
    'A Map (or a dict) has only what was put into it; names in a path or a query come percent-encoded.',
  ],
  chapter: 'real-time/09-pub-sub.md#who-is-in-the-room',
  services: ['chat1'],
  settings: calm,
  stands: 'What keeps the rooms is given as a Map; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    const clients = [];
    for (const user of USERS) clients.push(await ChatClient.connect(trial, 'chat1', user));
    const [first, second] = clients as [ChatClient, ChatClient];
    // White space and capitals are a part of it, too.
    const content = ` \t"Quoted" \\ <i>tag</i>\n\t\u0000 ü日本👩 ${trial.unique('said')} \n`;
    for (const room of ROOMS) {
      const { sequenceNumber } = await first.join(room);
      await second.join(room);
      const said = await first.say(room, content);
      trial.expectEqual(said.sequenceNumber, sequenceNumber + 1, `the next number in the room ${room}`);
      const [heard] = (await second.upTo(room, said.sequenceNumber)).slice(-1);
      trial.expectEqual(heard, said, `what ${second.user} hears in the room ${room}`);
      const path = `/rooms/${encodeURIComponent(room)}/presence`;
      const answer = await trial.node('chat1').call('GET', path);
      trial.expectStatus(answer, 200, `GET ${path}`);
      const users = answer.body.map((each: any) => each.userId).toSorted();
      trial.expectEqual(users, [first.user, second.user].toSorted(), `the users in GET ${path}`);
    }
    trial.fact(`${ROOMS.length} rooms with unusual names`);
  },
};
