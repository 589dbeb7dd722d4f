import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A log file of JSON records, one a line.
 *
 * Appended records stay in this process until `sync` writes them and the disk confirms them. A SIGKILL therefore
 * loses exactly what was not synced. (Bytes handed to the operating system would survive it, and a missing sync
 * would show only when the power fails.)
 */
export class Storage {
  readonly #file: FileHandle;
  #unwritten = '';
  /** Settles when everything that was handed to it is on disk. */
  #lastWrite: Promise<void> = Promise.resolve();
  /** The write that will take `#unwritten` with it, if one has been planned. */
  #plannedWrite: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Opens or creates a log and reads what is in it. A last record that is torn is cut off.
   *
   * @throws Error if a record before the last one cannot be read
   */
  static async open(dataDir: string, name: string): Promise<{ storage: Storage; records: unknown[] }> {
    await mkdir(dataDir, { recursive: true });
    const file = await open(join(dataDir, name), 'a+');
    const bytes = await file.readFile();
    const { records, validBytes } = readRecords(bytes, name);
    if (validBytes < bytes.length) {
      console.error(`${name}: cut off a torn record of ${bytes.length - validBytes} bytes at the end`);
      await file.truncate(validBytes);
    }
    await file.sync();
    await syncDirectory(dataDir);
    return { storage: new Storage(file), records };
  }

  /** Adds a record to the log. It is safe only after the next `sync` has resolved. */
  append(record: unknown): void {
    this.#unwritten += `${JSON.stringify(record)}\n`;
  }

  /**
   * Resolves when everything appended so far is on disk. Callers that come while a write is running share
   * the next one. After a failed write it rejects for ever: what is on disk is then unknown.
   */
  sync(): Promise<void> {
    if (this.#unwritten !== '' && this.#plannedWrite === undefined) {
      this.#plannedWrite = this.#lastWrite.then(() => this.#write());
      this.#lastWrite = this.#plannedWrite;
    }
    return this.#lastWrite;
  }

  async close(): Promise<void> {
    await this.sync();
    await this.#file.close();
  }

  async #write(): Promise<void> {
    const bytes = this.#unwritten;
    this.#unwritten = '';
    this.#plannedWrite = undefined;
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
  }
}

/** Reads as many whole records as there are. Throws if one that is followed by others is broken. */
export function readRecords(bytes: Buffer, name: string): { records: unknown[]; validBytes: number } {
  const records: unknown[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf('\n', start);
    if (end === -1) break;
    const record = parseRecord(bytes.subarray(start, end));
    if (record === undefined) {
      if (end + 1 < bytes.length) throw new Error(`${name} is damaged at byte ${start}`);
      break;
    }
    records.push(record);
    start = end + 1;
  }
  return { records, validBytes: start };
}

function parseRecord(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

/** A new file's name is on disk only after its directory has been synced. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
}
