import { randomUUID } from 'node:crypto';

/** What somebody said in a room. */
export interface ChatMessage {
  id: string;
  roomId: string;
  userId: string;
  content: string;
  /** Epoch ms, by the clock of the server that numbered it: for people, never for the order. */
  timestamp: number;
  /** In its room from 1 on, without a gap: the order that everybody sees. */
  sequenceNumber: number;
}

/** What a client wants to say. Said twice with the same `clientMessageId` by the same user, it is one message. */
export interface Draft {
  roomId: string;
  userId: string;
  content: string;
  clientMessageId: string;
}

/** Whether somebody is in a room. */
export interface Presence {
  userId: string;
  roomId: string;
  status: 'online' | 'offline';
  /** Epoch ms: the last heartbeat. */
  lastSeen: number;
}

/** @param timestamp epoch ms */
export function newMessage(draft: Draft, sequenceNumber: number, timestamp: number): ChatMessage {
  const { roomId, userId, content } = draft;
  return { id: randomUUID(), roomId, userId, content, timestamp, sequenceNumber };
}
