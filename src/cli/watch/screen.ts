import { emitKeypressEvents, type Key } from 'node:readline';
import type { Context } from '../context.ts';

/** A frame is drawn at most so often, ms. */
const DRAW_EVERY_MS = 100;

/** The other screen of the terminal, without a cursor, with long lines cut at its edge; and back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

export interface Size {
  /** Columns. */
  width: number;
  /** Lines. */
  height: number;
}

/** Where a command draws in place and listens to keys; the terminal is as before when it ends, however it ends. */
export class Screen {
  readonly #context: Context;
  readonly #output: NodeJS.WriteStream;
  readonly #draw: (size: Size) => string[];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param draw gives the lines of a frame, none of them wider than the screen */
  constructor(context: Context, draw: (size: Size) => string[]) {
    this.#context = context;
    this.#output = context.stdout as NodeJS.WriteStream;
    this.#draw = draw;
  }

  /**
   * Shows frames until a key ends it or the command is interrupted.
   * @param onKey told of each key by its name; `true` ends it
   */
  async run(onKey: (key: string) => boolean): Promise<void> {
    const { stdin, signal } = this.#context;
    const restore = () => this.#close();
    process.once('exit', restore);
    const redraw = () => this.refresh();
    try {
      this.#output.write(ENTER);
      this.#output.on('resize', redraw);
      emitKeypressEvents(stdin);
      stdin.setRawMode(true);
      stdin.resume();
      await new Promise<void>((resolve) => {
        const end = () => resolve();
        if (signal.aborted) end();
        signal.addEventListener('abort', end, { once: true });
        stdin.on('keypress', (text: string | undefined, key: Key) => {
          // In raw mode Ctrl-C is a key like others.
          if ((key.ctrl && key.name === 'c') || onKey(nameOf(text, key))) end();
          this.refresh();
        });
        stdin.on('end', end);
        this.refresh();
      });
    } finally {
      this.#output.off('resize', redraw);
      stdin.removeAllListeners('keypress');
      process.off('exit', restore);
      this.#close();
    }
  }

  /** Draws anew, soon. */
  refresh(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#show();
    }, DRAW_EVERY_MS);
  }

  #show(): void {
    if (this.#closed) return;
    const size = { width: this.#output.columns || 80, height: this.#output.rows || 24 };
    const lines = this.#draw(size).slice(0, size.height);
    // Each line is cleared behind its end, and what is below the last one: nothing flickers.
    this.#output.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#output.write(LEAVE);
    const { stdin } = this.#context;
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
  }
}

function nameOf(text: string | undefined, key: Key): string {
  return key.name ?? text ?? '';
}
