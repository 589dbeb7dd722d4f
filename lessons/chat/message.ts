import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';

export interface ChatMessage {
  id: string;
  roomId: string;
  userId: string;
  content: string;
  /** Epoch ms. */
  timestamp: number;
  sequenceNumber: number;
}

const A_DAY_MS = 86_400_000;

/** Checks a message's shape. */
export function readMessage(trial: Trial, body: any, what: string): ChatMessage {
  const problem = problemOf(body);
  trial.expect(problem === undefined, () => ({
    expected: `${what} is a message with id, roomId, userId, content, timestamp and sequenceNumber`,
    seen: `${problem}: ${brief(body)}`,
  }));
  return body;
}

function problemOf(body: any): string | undefined {
  if (typeof body !== 'object' || body === null) return 'it is no object';
  for (const name of ['id', 'roomId', 'userId', 'content']) {
    if (typeof body[name] !== 'string') return `its "${name}" is ${brief(body[name])}`;
  }
  const { sequenceNumber, timestamp } = body;
  if (!Number.isInteger(sequenceNumber) || sequenceNumber < 1) {
    return `its "sequenceNumber" is ${brief(sequenceNumber)}, not a whole number from 1 on`;
  }
  if (!Number.isFinite(timestamp) || Math.abs(timestamp - Date.now()) > A_DAY_MS) {
    return `its "timestamp" is ${brief(timestamp)}, which is not the present in epoch ms`;
  }
  return undefined;
}
