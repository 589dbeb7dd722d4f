import { HttpError } from '../shared/http-error.ts';
import type { HttpAnswer, Route } from '../shared/http-server.ts';
import type { Clients } from './clients.ts';
// @since 7
import { FrameError, isName } from './frames.ts';
// @end
// @until 7
// ~ import { isName } from './frames.ts';
// @end
// @since 7
import type { Topics } from './topics.ts';

/** With `after`, no more messages than this are answered at once. */
const MAX_LIMIT = 1000;
// @end

/** What can be asked of the chat without a WebSocket. */
export function clientRoutes(clients: Clients): Route[] {
  return [
    {
      method: 'GET',
      path: '/ws',
      handle: () => {
        throw new HttpError(
          426,
          'upgrade_required',
          'This is where WebSockets begin: ws://.../ws?userId=...',
        );
      },
    },
    { method: 'GET', path: '/rooms', handle: () => ok(listRooms(clients)) },
    {
      method: 'GET',
      path: '/rooms/:roomId/presence',
      handle: ({ params }) => ok(clients.presence.everybodyIn(checkRoomId(params.roomId))),
    },
    // @since 7
    {
      method: 'GET',
      path: '/rooms/:roomId/messages',
      handle: async ({ params, query }) => {
        const after = wholeNumber(query, 'after');
        const limit = Math.min(wholeNumber(query, 'limit') ?? MAX_LIMIT, MAX_LIMIT);
        return ok(await readMessages(clients.topics, checkRoomId(params.roomId), after, limit));
      },
    },
    // @end
  ];
}

function ok(body: unknown): HttpAnswer {
  return { status: 200, body };
}

// @since 7
/** The rooms that this server knows of. */
function listRooms({ rooms, topics, presence }: Clients): Record<string, unknown>[] {
  const known = topics.rooms();
  const roomIds = new Set([...known.keys(), ...rooms.roomIds]);
  return [...roomIds].sort().map((roomId) => ({
    roomId,
    users: presence.everybodyIn(roomId).length,
    sequenceNumber: known.get(roomId) ?? 0,
    sequencer: topics.sequencerOf(roomId),
  }));
}

async function readMessages(topics: Topics, roomId: string, after: number | undefined, limit: number) {
  try {
    return (await topics.read(roomId, after, limit)).messages;
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new HttpError(503, error.code, error.message, error.details);
  }
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpError(400, 'bad_request', `"${name}" must be a whole number, not "${text}".`);
}
// @end
// @until 7
// ~ /** The rooms with somebody in them. */
// ~ function listRooms({ rooms, presence }: Clients): Record<string, unknown>[] {
// ~   return rooms.roomIds.sort().map((roomId) => ({ roomId, users: presence.everybodyIn(roomId).length }));
// ~ }
// @end

function checkRoomId(roomId: string | undefined): string {
  if (isName(roomId)) return roomId;
  throw new HttpError(400, 'bad_request', 'The name of a room has at most 128 bytes.');
}
