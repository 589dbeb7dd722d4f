import { Storage } from '../shared/storage.ts';
import type { ChatMessage } from './message.ts';

const FILE = 'chat.log';

/** One line of the journal: a message, and by which id its sender knows it. */
export interface JournalRecord {
  message: ChatMessage;
  clientMessageId: string;
}

/** What a server has numbered, on disk. */
export class Journal {
  readonly #storage: Storage;

  private constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Opens the journal and reads what is in it. */
  static async open(dataDir: string): Promise<{ journal: Journal; records: JournalRecord[] }> {
    const { storage, records } = await Storage.open(dataDir, FILE);
    return { journal: new Journal(storage), records: records as JournalRecord[] };
  }

  /** Notes a message. It is safe only after `sync`. */
  append(record: JournalRecord): void {
    this.#storage.append(record);
  }

  /** Resolves when everything noted so far is on disk. */
  sync(): Promise<void> {
    return this.#storage.sync();
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}
