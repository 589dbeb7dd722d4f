import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';
import { brief } from '../../shared/brief.ts';

type Codes = readonly string[];

const DEPTH = 20_000;

const BAD_FRAME: Codes = ['bad_frame'];
const BAD_ROOM: Codes = ['bad_room', 'bad_frame'];
const UNKNOWN_TYPE: Codes = ['unknown_type', 'bad_frame'];

/** Frames that nobody can do anything with, and what they may be called. */
const FRAMES: [data: string | Buffer, what: string, codes: Codes][] = [
  ['hello', 'text that is not JSON', BAD_FRAME],
  ['', 'an empty frame', BAD_FRAME],
  ['{"type":"join","roomId":', 'half a JSON text', BAD_FRAME],
  ['[]', 'a list', BAD_FRAME],
  ['null', 'null', BAD_FRAME],
  ['42', 'a number', BAD_FRAME],
  ['"ping"', 'a string', BAD_FRAME],
  [Buffer.from([0xff, 0x00, 0xfe, 0x80]), 'a binary frame', BAD_FRAME],
  ['['.repeat(DEPTH) + ']'.repeat(DEPTH), `${DEPTH} lists in each other`, BAD_FRAME],
  ['{"a":'.repeat(DEPTH / 2), `${DEPTH / 2} objects in each other, none of them closed`, BAD_FRAME],
  ['{"type":"dance"}', 'a frame of an unknown type', ['unknown_type']],
  ['{}', 'a frame without a type', UNKNOWN_TYPE],
  ['{"type":["ping"]}', 'a frame whose type is a list', UNKNOWN_TYPE],
  ['{"type":"toString"}', 'a frame of the type toString', ['unknown_type']],
  ['{"type":"join"}', 'a join without a room', BAD_ROOM],
  ['{"type":"join","roomId":7}', 'a join of the room 7', BAD_ROOM],
  ['{"type":"join","roomId":""}', 'a join of a room without a name', BAD_ROOM],
  ['{"type":"leave","roomId":null}', 'a leave without a room', BAD_ROOM],
];

export const check: Check = {
  id: 'bad-frames',
  promise: 'A frame that makes no sense is answered with an error; the line and all others stay open',
  hints: [
    'Anybody can send anything. Whose mistake is it, and who must not suffer from it?',
    'The given parseFrame throws a FrameError, which becomes the error frame. Any other error in your functions ends more than that.',
  ],
  chapter: 'real-time/08-websockets.md#frames-and-close-codes',
  services: ['chat1'],
  settings: calm,
  stands: 'Frames are read by given code; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const mallory = await ChatClient.connect(trial, 'chat1', 'mallory');
    await alice.join(room);
    await mallory.join(room);
    for (const [data, what, codes] of FRAMES) {
      await mallory.expectError(codes, what, () => mallory.line.sendRaw(data, what));
    }
    for (const [fields, what] of messagesWithout(room)) {
      const frame = { type: 'message', ...fields };
      await mallory.expectError(BAD_FRAME, what, () => mallory.line.sendRaw(JSON.stringify(frame), what));
    }
    const elsewhere = trial.unique('elsewhere');
    const what = `a message to ${elsewhere}, which mallory has not joined,`;
    await mallory.expectError('not_joined', what, () => mallory.post(elsewhere, 'hello?'));
    await mallory.say(room, 'now in earnest');
    const [first] = await alice.upTo(room, 1);
    const foreign = alice.line.frames.find(({ body }) => body?.type === 'error')?.body;
    trial.expect(foreign === undefined, {
      expected: 'alice, who has sent nothing wrong, is told of no error',
      seen: brief(foreign),
    });
    trial.expectEqual(first?.content, 'now in earnest', `the first message that alice gets in ${room}`);
    trial.fact(`${FRAMES.length + 6} bad frames: each answered with an error, nothing else happened`);
  },
};

function messagesWithout(roomId: string): [fields: object, what: string][] {
  const content = 'hello';
  const clientMessageId = 'm-1';
  return [
    [{ roomId, clientMessageId }, 'a message without content'],
    [{ roomId, content: 7, clientMessageId }, 'a message whose content is a number'],
    [{ roomId, content: ['deep', [['deeper']]], clientMessageId }, 'a message whose content is a list'],
    [{ roomId, content }, 'a message without a clientMessageId'],
    [{ roomId, content, clientMessageId: { a: 1 } }, 'a message whose clientMessageId is an object'],
  ];
}
