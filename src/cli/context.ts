import { Chalk, type ChalkInstance } from 'chalk';

/** What a command knows of the world around it; tests give their own. */
export interface Context {
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Whether somebody can be asked and shown things that move: stdin, stdout and stderr are a terminal that can. */
  isTTY: boolean;
  /** Columns of the terminal; 100 where there is none, or it does not know. */
  width: number;
  /** Colours for stdout; leaves text as it is where colour is not wanted. */
  paint: ChalkInstance;
  /** Colours for stderr. */
  paintError: ChalkInstance;
  /** Shows where an error came from. */
  verbose: boolean;
  /** Aborts on Ctrl-C. From its first use on, a command that is interrupted must end by itself. */
  readonly signal: AbortSignal;
  /** Writes lines to stdout. */
  print(...lines: string[]): void;
}

/** The context of the running process. */
export function processContext(options: { verbose: boolean }): Context {
  const { env, stdin, stdout, stderr } = process;
  // A terminal that does not know its width says 0, and nothing can move on it.
  const canMove = stdout.columns > 0 && env.TERM !== 'dumb';
  let signal: AbortSignal | undefined;
  return {
    cwd: process.cwd(),
    env,
    stdin,
    stdout,
    stderr,
    isTTY: Boolean(stdin.isTTY && stdout.isTTY && stderr.isTTY) && canMove,
    width: stdout.columns || 100,
    paint: new Chalk({ level: colourLevel(env, stdout.isTTY) }),
    paintError: new Chalk({ level: colourLevel(env, stderr.isTTY) }),
    verbose: options.verbose,
    get signal() {
      signal ??= interruptSignal();
      return signal;
    },
    print: (...lines) => void stdout.write(lines.map((line) => `${line}\n`).join('')),
  };
}

/**
 * The sixteen colours of every terminal, which follow its light or dark theme, or none.
 * NO_COLOR and FORCE_COLOR as users know them; a person's wish outweighs what is found out.
 */
export function colourLevel(env: NodeJS.ProcessEnv, isTTY: boolean | undefined): 0 | 1 {
  if (env.NO_COLOR) return 0;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false' ? 0 : 1;
  return isTTY && env.TERM !== 'dumb' ? 1 : 0;
}

/** The first interrupt lets the command undo what it did; the second ends the process at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
