import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { packagePath } from '../../course/package-root.ts';
import { ExitCode, UserError } from '../../course/user-error.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Context } from '../context.ts';
import { requireStack } from '../session-target.ts';

export interface ChatOptions {
  user: string;
  room: string;
  node?: string;
  json?: boolean;
}

/** The client of the chat's own page: JavaScript that runs here as well as there. */
interface ChatClient extends EventTarget {
  start(): void;
  stop(): void;
  send(content: string): void;
  readonly isSettled: boolean;
}

interface Person {
  userId: string;
  status: 'online' | 'offline';
}

const DEFAULT_HEARTBEAT_MS = 3000;

/**
 * Talks in a room: what is typed, or comes from another program, goes out line by line; what is said goes to stdout,
 * everything else to stderr. Ends at the end of the input, when all of it was acknowledged, or with Ctrl-C.
 */
export async function run(options: ChatOptions, context: Context): Promise<ExitCode> {
  const { target, stack } = await requireStack(context.cwd);
  if (target.lesson.system !== 'chat') {
    throw new UserError('The nodes that run here are no chat.', {
      code: 'no-chat',
      why: `They are those of session ${target.lesson.number}: ${target.lesson.title}`,
      fix: 'dsc start session-6',
      exitCode: ExitCode.usage,
    });
  }
  const client = await makeClient(options, stack);
  const lines = createInterface({
    input: context.stdin,
    ...(context.isTTY && { output: context.stdout, prompt: `${options.user}> ` }),
  });
  const screen = new Screen(options, context, lines);
  const ended = talk(client, lines, screen, context.signal);
  client.start();
  try {
    await ended;
    return ExitCode.ok;
  } finally {
    client.stop();
    lines.close();
  }
}

async function makeClient({ user, room, node }: ChatOptions, stack: Stack): Promise<ChatClient> {
  const server = node ?? stack.services[0] ?? '';
  const { host } = new URL(stack.url(server));
  const service = stack.model.services.find(({ name }) => name === server);
  const heartbeatMs = Number(service?.environment.HEARTBEAT_MS) || DEFAULT_HEARTBEAT_MS;
  const file = pathToFileURL(packagePath('solutions', 'chat', 'page', 'chat-client.js'));
  const module = await import(file.href);
  return new module.ChatClient({ server: host, userId: user, roomId: room, heartbeatMs });
}

/** Resolves when there is nothing more to say, or at Ctrl-C. Rejects when the server will not have this user. */
function talk(client: ChatClient, lines: Interface, screen: Screen, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let inputEnded = false;
    const endWhenSettled = () => {
      if (inputEnded && client.isSettled) resolve();
    };
    const on = (type: string, show: (detail: any) => void) =>
      client.addEventListener(type, (event) => {
        show((event as CustomEvent).detail);
        endWhenSettled();
      });
    on('message', (message) => screen.message(message));
    on('presence', (people) => screen.presence(people));
    on('missed', (count) => screen.note('missed', { count }, `${count} messages were missed for good`));
    on('refused', ({ message }) => screen.note('refused', { message }, `not said: ${message}`));
    // Nothing to show, but perhaps the end.
    on('outbox', () => {});
    on('status', (status) => {
      if (status.state === 'ended') reject(refused(status.reason));
      else screen.status(status);
    });
    lines.on('line', (line) => {
      if (line.trim() !== '') client.send(line);
      screen.prompt();
    });
    lines.on('close', () => {
      inputEnded = true;
      endWhenSettled();
    });
    // In a terminal readline takes Ctrl-C for itself.
    lines.on('SIGINT', () => resolve());
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
  });
}

function refused(reason: string): UserError {
  return new UserError('The server does not let you in.', {
    code: 'chat-refused',
    why: reason,
    fix: 'Choose a name of 1 to 128 bytes.',
    exitCode: ExitCode.usage,
  });
}

/** What the person, or the program, at the other end sees. */
class Screen {
  readonly #options: ChatOptions;
  readonly #context: Context;
  readonly #lines: Interface;
  #people = new Map<string, Person['status']>();

  constructor(options: ChatOptions, context: Context, lines: Interface) {
    this.#options = options;
    this.#context = context;
    this.#lines = lines;
  }

  message(message: { sequenceNumber: number; userId: string; content: string }): void {
    const { paint } = this.#context;
    const own = message.userId === this.#options.user;
    const who = own ? paint.bold(plain(message.userId)) : paint.bold.cyan(plain(message.userId));
    const text = `${paint.dim(`#${message.sequenceNumber}`)} ${who}: ${plain(message.content)}`;
    this.#show('message', message, () => this.#context.print(text));
  }

  presence(people: Person[]): void {
    for (const { userId, status } of people) {
      const before = this.#people.get(userId) ?? 'offline';
      this.#people.set(userId, status);
      if (status === before) continue;
      this.note(
        'presence',
        { userId, status },
        `${plain(userId)} ${status === 'online' ? 'is here' : 'is gone'}`,
      );
    }
  }

  status(status: { state: string; reason?: string; retryMs?: number }): void {
    const next = `next try in ${Math.round(status.retryMs ?? 0)} ms`;
    const texts: Record<string, string> = {
      connecting: 'connecting',
      joined: `you are in "${plain(this.#options.room)}"`,
      waiting: `disconnected: ${plain(status.reason ?? '')}; ${next}`,
    };
    this.note('status', status, texts[status.state] ?? status.state);
  }

  /** Something that nobody has said. */
  note(event: string, details: object, text: string): void {
    const line = `${this.#context.paintError.dim(`- ${text}`)}\n`;
    this.#show(event, details, () => void this.#context.stderr.write(line));
  }

  prompt(): void {
    if (this.#context.isTTY) this.#lines.prompt();
  }

  /** One line for a program; for a person above the line that is being typed. */
  #show(event: string, details: object, write: () => void): void {
    if (this.#options.json) this.#context.print(JSON.stringify({ event, ...details }));
    else if (this.#context.isTTY) {
      cursorTo(this.#context.stdout, 0);
      clearLine(this.#context.stdout, 0);
      write();
      this.#lines.prompt(true);
    } else write();
  }
}

/** Other people's text must not steer this terminal. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
