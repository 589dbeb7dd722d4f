import type { Ora } from 'ora';
import type { Context } from '../context.ts';

/** Shows that long work goes on: a spinner on a terminal, plain lines on stderr elsewhere, nothing with --json. */
export class ProgressLine {
  readonly #context: Context;
  readonly #quiet: boolean;
  #spinner: Ora | undefined;
  #last = '';

  private constructor(context: Context, quiet: boolean, spinner: Ora | undefined) {
    this.#context = context;
    this.#quiet = quiet;
    this.#spinner = spinner;
  }

  /** @param quiet says nothing at all */
  static async create(context: Context, quiet = false): Promise<ProgressLine> {
    if (quiet || !context.isTTY) return new ProgressLine(context, quiet, undefined);
    const { default: ora } = await import('ora');
    const spinner = ora({
      stream: context.stderr as NodeJS.WriteStream,
      discardStdin: false,
      hideCursor: true,
    });
    return new ProgressLine(context, quiet, spinner);
  }

  /** What is being done now, in a few words. */
  readonly step = (text: string): void => {
    if (this.#quiet || text === this.#last) return;
    this.#last = text;
    if (this.#spinner) this.#spinner.start(text);
    else this.#context.stderr.write(`${text} ...\n`);
  };

  /** Takes the spinner away, so that other output can follow. */
  stop(): void {
    this.#last = '';
    this.#spinner?.stop();
  }
}
