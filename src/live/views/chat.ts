import type { ChatView } from '../view.ts';
import { answering, type Look, type Probe } from './probe.ts';

interface Room {
  roomId: string;
  sequenceNumber?: number;
  sequencer?: string;
}

const MOST_ROOMS = 12;

/** The rooms that any server knows of, with the highest number that was told, and who is there. */
export class ChatProbe implements Probe {
  readonly askGivenCodeOnly = true;

  async look(look: Look): Promise<ChatView> {
    const { asker } = look;
    const servers = answering(look);
    const lists = await Promise.all(
      servers.map(async (server) => ({ server, rooms: await asker.ask<Room[]>(server, '/rooms') })),
    );
    const rooms = new Map<string, Room & { server: string }>();
    for (const { server, rooms: told } of lists) {
      for (const room of Array.isArray(told) ? told : []) {
        const known = rooms.get(room.roomId);
        const newer = (room.sequenceNumber ?? 0) > (known?.sequenceNumber ?? -1);
        if (newer) rooms.set(room.roomId, { ...room, server });
      }
    }
    const shown = [...rooms.values()].sort((a, b) => a.roomId.localeCompare(b.roomId)).slice(0, MOST_ROOMS);
    const told = shown.map(async ({ roomId, sequenceNumber = 0, sequencer, server }) => {
      const path = `/rooms/${encodeURIComponent(roomId)}/presence`;
      const present = await asker.ask<{ userId: string; status: string }[]>(server, path, 'presence');
      return {
        roomId,
        ...(sequencer && { sequencer }),
        sequenceNumber,
        present: (Array.isArray(present) ? present : []).map(({ userId, status }) => ({ userId, status })),
      };
    });
    return { kind: 'chat', rooms: await Promise.all(told) };
  }
}
