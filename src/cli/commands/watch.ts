import { ExitCode, UserError } from '../../course/user-error.ts';
import { requireWorkspace } from '../../course/workspace.ts';
import type { LiveEvent } from '../../live/events.ts';
import { observe } from '../../live/observe.ts';
import type { Context } from '../context.ts';
import { injectFault } from '../inject-fault.ts';
import { findObserved, requireStack } from '../session-target.ts';
import { renderFrame } from '../watch/frame.ts';
import { WatchModel } from '../watch/model.ts';
import { validKeys } from '../watch/node-keys.ts';
import { PlainLines } from '../watch/plain.ts';
import { Screen } from '../watch/screen.ts';

export interface WatchOptions {
  /** ms. */
  interval?: number;
  json?: boolean;
}

/** Shows what happens in the cluster until Ctrl-C: drawn in place on a terminal, as lines elsewhere. */
export async function run(options: WatchOptions, context: Context): Promise<ExitCode> {
  const workspace = await requireWorkspace(context.cwd);
  const { signal } = context;
  const ended = new AbortController();
  const watch = (tell: (event: LiveEvent) => void) =>
    observe(
      { workspace, find: () => findObserved(workspace), intervalMs: options.interval },
      tell,
      AbortSignal.any([signal, ended.signal]),
    );
  if (options.json) {
    await watch((event) => context.print(JSON.stringify(event)));
  } else if (context.isTTY) {
    const view = new WatchScreen(context);
    const watching = watch((event) => view.take(event));
    try {
      await view.run();
    } finally {
      ended.abort();
      await watching;
    }
  } else {
    const lines = new PlainLines();
    await watch((event) => context.print(...lines.take(event)));
  }
  return ExitCode.ok;
}

/** The cluster on the screen, and the keys that act on it. */
class WatchScreen {
  readonly #context: Context;
  readonly #model = new WatchModel();
  readonly #screen: Screen;
  #selected = 0;
  #notice = '';
  /** One act after the other. */
  #acting = false;

  constructor(context: Context) {
    this.#context = context;
    const { paint } = context;
    this.#screen = new Screen(context, (size) => {
      const [selected, notice] = [this.#name, this.#notice];
      const keys = validKeys(this.#model, selected);
      return renderFrame(this.#model, { ...size, paint, selected, keys, notice });
    });
  }

  take(event: LiveEvent): void {
    this.#model.take(event);
    this.#screen.refresh();
  }

  run(): Promise<void> {
    return this.#screen.run((key) => this.#press(key));
  }

  get #name(): string | undefined {
    return this.#model.nodes[this.#selected]?.name;
  }

  /** @returns true when it shall end */
  #press(key: string): boolean {
    const last = Math.max(0, this.#model.nodes.length - 1);
    if (key === 'q' || key === 'escape') return true;
    if (key === 'up') this.#selected = Math.max(0, this.#selected - 1);
    else if (key === 'down') this.#selected = Math.min(last, this.#selected + 1);
    else if (/^[1-9]$/.test(key)) this.#selected = Math.min(last, Number(key) - 1);
    else void this.#act(key);
    return false;
  }

  async #act(key: string): Promise<void> {
    const fault = validKeys(this.#model, this.#name).find((candidate) => candidate.key === key)?.fault;
    if (!fault || this.#acting) return;
    this.#acting = true;
    this.#notice = `${[fault.name, ...fault.args].join(' ')} ...`;
    try {
      const { stack } = await requireStack(this.#context.cwd);
      this.#notice = await injectFault(stack, fault.name, fault.args);
    } catch (error) {
      // What cannot be done is told in its place: the view goes on.
      this.#notice = error instanceof UserError ? error.message : String(error);
    } finally {
      this.#acting = false;
      this.#screen.refresh();
    }
  }
}
