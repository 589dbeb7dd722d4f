import type { Journal, JournalRecord } from './journal.ts';
import type { ChatMessage, Draft } from './message.ts';
import { RoomLog } from './room-log.ts';

/** A room at the server that numbers its messages. */
export class NumberedRoom {
  readonly log = new RoomLog();
  readonly #journal: Journal;
  /** By sender and the sender's id for it. */
  readonly #known = new Map<string, ChatMessage>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Takes in what the journal says. It is on disk. */
  remember({ message, clientMessageId }: JournalRecord): void {
    this.#add(message, clientMessageId);
    this.log.show(message.sequenceNumber);
  }

  /** The number of the last message, 0 before the first one. */
  get lastNumber(): number {
    return this.log.lastNumber;
  }

  /** The message that this draft has become before, if it has. */
  find({ userId, clientMessageId }: Draft): ChatMessage | undefined {
    return this.#known.get(keyOf(userId, clientMessageId));
  }

  /** Adds the next message to the room and to the journal. It is safe only after `sync`. */
  append(message: ChatMessage, clientMessageId: string): void {
    this.#add(message, clientMessageId);
    this.#journal.append({ message, clientMessageId });
  }

  /** Resolves when everything appended so far is on disk. */
  sync(): Promise<void> {
    return this.#journal.sync();
  }

  #add(message: ChatMessage, clientMessageId: string): void {
    this.#known.set(keyOf(message.userId, clientMessageId), message);
    this.log.append(message);
  }
}

function keyOf(userId: string, clientMessageId: string): string {
  return JSON.stringify([userId, clientMessageId]);
}
