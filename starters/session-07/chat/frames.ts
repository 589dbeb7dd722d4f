import { parseJson } from '../shared/json-body.ts';

/** What a client may send. */
export type ClientFrame =
  | { type: 'join'; roomId: string; after: number | undefined }
  | { type: 'leave'; roomId: string }
  | { type: 'message'; roomId: string; content: string; clientMessageId: string }
  | { type: 'ping' };

/** A frame that cannot be carried out. The client is told with an `error` frame; its connection stays open. */
export class FrameError extends Error {
  readonly code: string;
  readonly details: Record<string, unknown>;

  /** @param details further fields of the `error` frame */
  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A name is at most this long, in bytes of UTF-8. */
const MAX_NAME_BYTES = 128;

/** Reads a text frame. Throws FrameError `bad_frame`, `unknown_type` or `bad_room`. */
export function parseFrame(data: Uint8Array): ClientFrame {
  const frame = objectIn(data);
  switch (frame.type) {
    case 'join':
      return { type: 'join', roomId: roomIn(frame), after: afterIn(frame) };
    case 'leave':
      return { type: 'leave', roomId: roomIn(frame) };
    case 'message':
      return {
        type: 'message',
        roomId: roomIn(frame),
        content: textIn(frame, 'content'),
        clientMessageId: textIn(frame, 'clientMessageId'),
      };
    case 'ping':
      return { type: 'ping' };
    default:
      throw new FrameError('unknown_type', 'The "type" of a frame is join, leave, message or ping.');
  }
}

/** Whether it can be the name of a user or of a room: a string with something in it, not too long. */
export function isName(value: unknown): value is string {
  // Half of a surrogate pair is no character: languages write it differently.
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) return false;
  return Buffer.byteLength(value) <= MAX_NAME_BYTES;
}

function objectIn(data: Uint8Array): Record<string, unknown> {
  let frame: unknown;
  try {
    frame = parseJson(data);
  } catch (error) {
    throw new FrameError('bad_frame', (error as Error).message.replace('body', 'frame'));
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    throw new FrameError('bad_frame', 'A frame is a JSON object.');
  }
  return frame as Record<string, unknown>;
}

function roomIn({ roomId }: Record<string, unknown>): string {
  if (isName(roomId)) return roomId;
  throw new FrameError('bad_room', `"roomId" must be a string of 1 to ${MAX_NAME_BYTES} bytes.`);
}

function textIn(frame: Record<string, unknown>, name: string): string {
  const text = frame[name];
  if (typeof text === 'string' && text !== '') return text;
  throw new FrameError('bad_frame', `"${name}" must be a string that is not empty.`);
}

function afterIn({ after }: Record<string, unknown>): number | undefined {
  if (after === undefined || after === null) return undefined;
  if (Number.isSafeInteger(after) && (after as number) >= 0) return after as number;
  throw new FrameError('bad_frame', '"after" must be a sequence number, or 0.');
}
