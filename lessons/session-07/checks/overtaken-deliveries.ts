import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { readPage } from '../../chat/history.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { brisk } from '../../chat/settings.ts';

/** How soon what is missing between servers has been asked for, ms. */
const MENDED_WITHIN_MS = 15_000;

export const check: Check = {
  id: 'overtaken-deliveries',
  promise: 'What comes between servers twice, too early or not at all is still shown once and in order',
  hints: [
    'You have 1 to 17, and 19 comes. What do you do with it, and what do you do about 18?',
    'OrderingBuffer.accept drops what is there, holds what is too early, and gives out what has become due.',
  ],
  chapter: 'real-time/10-chat-system.md#ordering-buffer',
  services: SERVERS,
  settings: brisk,
  async run(trial: Trial) {
    const { room, last } = await roomOf(trial, 'chat2');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const bob = await ChatClient.connect(trial, 'chat2', 'bob');
    await alice.join(room);
    await bob.join(room);
    let number = last;
    const say = async (content: string) => {
      number = (await bob.say(room, content)).sequenceNumber;
    };
    const delivered = { from: 'chat2', to: 'chat1', path: '/_deliver', contains: room } as const;

    const twice = await trial.wire.trap({ ...delivered, action: 'duplicate', times: 2 });
    await say('delivered twice');
    await alice.upTo(room, number);
    await say('delivered twice, too');
    await alice.upTo(room, number);
    const doubled = (await twice.caught()).length;
    await twice.remove();

    // Whoever asks for what is missing gets it at once: then nothing would come too early.
    const asking = { from: 'chat1', to: 'chat2', path: '/_subscribe', action: 'lose-request' } as const;
    const askedInVain = await trial.wire.trap({ ...asking, times: 0 });
    const late = await trial.wire.trap({ ...delivered, action: 'hold-request', times: 1 });
    await say('held on the way');
    await say('overtakes it');
    await say('and this, too');
    await deliverByHand(trial, alice, room, number);
    await askedInVain.remove();
    await late.release();
    await say('after the one that was late');
    await alice.upTo(room, number, MENDED_WITHIN_MS);

    const lost = await trial.wire.trap({ ...delivered, action: 'lose-request', times: 1 });
    await say('lost on the way');
    await say('after the one that was lost');
    await alice.upTo(room, number, MENDED_WITHIN_MS);
    const missing = (await lost.caught()).length;
    await bob.upTo(room, number);
    trial.fact(
      `${doubled} deliveries came twice, one late, ${missing} not at all: alice saw ${last + 1} to ${number}`,
    );
  },
};

/** The last message comes before those that are held: it waits for them, or they are asked for. */
async function deliverByHand(trial: Trial, alice: ChatClient, room: string, number: number): Promise<void> {
  const messages = await readPage(trial, 'chat2', room, number - 1, 1);
  const delivery = await trial.node('chat1').call('POST', '/_deliver', { messages });
  trial.expectStatus(delivery, 200, `POST /_deliver of number ${number} of ${room} at chat1`);
  await alice.ping();
  alice.expectInOrder(room);
}
