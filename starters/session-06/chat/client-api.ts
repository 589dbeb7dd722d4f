import { HttpError } from '../shared/http-error.ts';
import type { HttpAnswer, Route } from '../shared/http-server.ts';
import type { Clients } from './clients.ts';
import { isName } from './frames.ts';

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
  ];
}

function ok(body: unknown): HttpAnswer {
  return { status: 200, body };
}

/** The rooms with somebody in them. */
function listRooms({ rooms, presence }: Clients): Record<string, unknown>[] {
  return rooms.roomIds.sort().map((roomId) => ({ roomId, users: presence.everybodyIn(roomId).length }));
}

function checkRoomId(roomId: string | undefined): string {
  if (isName(roomId)) return roomId;
  throw new HttpError(400, 'bad_request', 'The name of a room has at most 128 bytes.');
}
