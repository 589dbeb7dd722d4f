import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../course/user-error.ts';
import { readEntrypoint } from '../compose/dockerfile.ts';
import type { ComposeModel, Service } from '../compose/model.ts';
import type { NamedLink } from '../links.ts';
import { freePorts, portIsFree } from '../ports.ts';
import type { LogLine, LogOptions, NodeState, Placement, Report, Runtime } from '../runtime.ts';
import { until } from '../until.ts';
import { WireClient } from '../wire/client.ts';
import { wireConfig } from '../wire/config.ts';
import { followFile } from './follow-file.ts';
import { identify, killOrphans, type ProcessIdentity, processState, signal } from './processes.ts';
import { pythonEnvironment } from './python.ts';

const LOOPBACK = '127.0.0.1';

/** How long a node's port may still be held after the end of the node that had it, ms. */
const PORT_WITHIN_MS = 2_000;

/** How long the wire may take until its control API answers, ms. */
const WIRE_WITHIN_MS = 20_000;

/**
 * Runs each service as a background process on loopback, with the very ENTRYPOINT and command that its image would have.
 * Processes outlive the dsc command that started them; their records are files under `<home>/run`.
 */
export class ProcessRuntime implements Runtime {
  readonly name = 'process';
  readonly #home: string;
  #python: string | undefined;
  /** The processes that this very dsc has started: only of these it is known how they ended. */
  readonly #children = new Map<string, ChildProcess>();

  /** @param home directory for process records, logs and data */
  constructor(home: string) {
    this.#home = home;
  }

  async prepare(model: ComposeModel, report: Report): Promise<void> {
    for (const service of model.services) {
      const entrypoint = await this.#entrypoint(service);
      if (entrypoint[0]?.startsWith('python')) this.#python = await pythonEnvironment(report);
    }
  }

  async place(model: ComposeModel, named: NamedLink[]): Promise<Placement> {
    const spare = await freePorts(model.services.length + named.length + 1);
    const moved: Placement['moved'] = [];
    const nodes: Record<string, string> = {};
    for (const service of model.services) {
      const wanted = service.ports[0]?.host || undefined;
      let port = spare.pop()!;
      if (wanted !== undefined && (await portIsFree(wanted))) port = wanted;
      else if (wanted !== undefined) moved.push({ service: service.name, wanted, got: port });
      nodes[service.name] = `http://${LOOPBACK}:${port}`;
    }
    const links = named.map(({ from, to }) => {
      const listenPort = spare.pop()!;
      const url = `http://${LOOPBACK}:${listenPort}`;
      return { from, to, target: nodes[to]!, listenHost: LOOPBACK, listenPort, url };
    });
    const controlPort = spare.pop()!;
    return {
      nodes,
      links,
      moved,
      control: {
        url: `http://${LOOPBACK}:${controlPort}`,
        listenHost: LOOPBACK,
        listenPort: controlPort,
        token: randomBytes(16).toString('hex'),
      },
    };
  }

  async startWire(_model: ComposeModel, placement: Placement): Promise<void> {
    if ((await this.state('wire')).status === 'running') return;
    const { control, links } = placement;
    if (!control) return;
    const config = wireConfig(control, links);
    const program = fileURLToPath(new URL(`../wire/main${import.meta.url.slice(-3)}`, import.meta.url));
    await this.#spawn('wire', [process.execPath, program], this.#home, {
      WIRE_CONFIG: JSON.stringify(config),
    });
    await this.#wireAnswers(new WireClient(control.url, control.token));
  }

  async start(_model: ComposeModel, service: Service, placement: Placement): Promise<void> {
    await this.kill(service.name);
    const { port } = new URL(placement.nodes[service.name]!);
    // What a killed node held is given back a moment after its end.
    const free = until(() => portIsFree(Number(port)), { withinMs: PORT_WITHIN_MS, what: `port ${port}` });
    await free.catch(() => {
      throw portTaken(service.name, port);
    });
    const [program = '', ...args] = [...(await this.#entrypoint(service)), ...service.command];
    const data = this.#data(service.name);
    await mkdir(data, { recursive: true });
    await this.#spawn(service.name, [await this.#executable(program), ...args], service.build!.context, {
      ...service.environment,
      HOST: LOOPBACK,
      PORT: port,
      DATA_DIR: data,
      ...this.#quickStart(),
    });
  }

  /** Nodes are started again and again, many at once. */
  #quickStart(): Record<string, string> {
    return {
      // Node finds what it has compiled by the content of the file.
      NODE_COMPILE_CACHE: join(this.#home, 'compiled'),
      // Python tells a changed file by its time and size alone, and would run an old one now and then.
      PYTHONDONTWRITEBYTECODE: '1',
      // The nodes speak HTTP only; aiohttp would read all certificate authorities of the machine, a quarter of its start.
      SSL_CERT_FILE: '/dev/null',
    };
  }

  async kill(service: string): Promise<void> {
    const record = await this.#record(service);
    if (!record || processState(record) === 'gone') return;
    signal(record, 'SIGKILL');
    await until(() => processState(record) === 'gone', { withinMs: 10_000, what: `${service} to die` });
  }

  async terminate(service: string, graceMs: number): Promise<{ exitCode: number | null; ms: number }> {
    const record = await this.#record(service);
    const began = performance.now();
    if (!record || processState(record) === 'gone') return { exitCode: null, ms: 0 };
    signal(record, 'SIGCONT');
    signal(record, 'SIGTERM');
    try {
      await until(() => processState(record) === 'gone', { withinMs: graceMs, what: `${service} to end` });
      killOrphans(record.pid);
    } catch {
      await this.kill(service);
    }
    const ms = performance.now() - began;
    return { exitCode: (await this.#end(record)).exitCode, ms };
  }

  async pause(service: string): Promise<void> {
    const record = await this.#record(service);
    if (!record) return;
    signal(record, 'SIGSTOP');
    await until(() => processState(record) !== 'running', {
      withinMs: 5_000,
      what: `${service} to stand still`,
    });
  }

  async resume(service: string): Promise<void> {
    const record = await this.#record(service);
    if (record) signal(record, 'SIGCONT');
  }

  async slow(service: string): Promise<void> {
    throw new UserError(`${service} cannot be slowed down on the process runtime.`, {
      code: 'needs-containers',
      why: 'Taking processor time away from a node needs a container.',
      fix: `dsc chaos delay ${service} 500 slows its messages instead.`,
    });
  }

  async state(service: string): Promise<NodeState> {
    const record = await this.#record(service);
    if (!record) return { status: 'absent' };
    const state = processState(record);
    if (state === 'running') return { status: 'running' };
    if (state === 'stopped') return { status: 'paused' };
    return { status: 'exited', ...(await this.#end(record)) };
  }

  async states(): Promise<Record<string, NodeState>> {
    const states: Record<string, NodeState> = {};
    for (const service of await this.#recorded()) {
      if (service !== 'wire') states[service] = await this.state(service);
    }
    return states;
  }

  async *logs(service: string, options: LogOptions): AsyncIterable<LogLine> {
    for await (const text of followFile(this.#log(service), options)) yield { node: service, at: null, text };
  }

  async readData(service: string): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>();
    const root = this.#data(service);
    await mkdir(root, { recursive: true });
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(relative(root, path), await readFile(path));
    }
    return files;
  }

  async writeData(service: string, path: string, content: Buffer): Promise<void> {
    const file = join(this.#data(service), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  async wipeData(service: string): Promise<void> {
    await rm(this.#data(service), { recursive: true, force: true });
  }

  async remove(options: { keepData?: boolean }): Promise<void> {
    await Promise.all((await this.#recorded()).map((service) => this.kill(service)));
    await rm(join(this.#home, 'run'), { recursive: true, force: true });
    await rm(join(this.#home, 'logs'), { recursive: true, force: true });
    await rm(join(this.#home, 'compiled'), { recursive: true, force: true });
    if (!options.keepData) await rm(join(this.#home, 'data'), { recursive: true, force: true });
  }

  async #spawn(
    service: string,
    [program = '', ...args]: string[],
    cwd: string,
    environment: Record<string, string>,
  ): Promise<void> {
    await mkdir(join(this.#home, 'run'), { recursive: true });
    await mkdir(join(this.#home, 'logs'), { recursive: true });
    const log = await open(this.#log(service), constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY);
    try {
      const child = spawn(program, args, {
        cwd,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
      });
      await once(child, 'spawn');
      const pid = child.pid!;
      child.once('exit', () => killOrphans(pid));
      child.unref();
      const identity = identify(pid) ?? { pid, startedAt: 'gone' };
      this.#children.set(keyOf(identity), child);
      await writeFile(this.#recordFile(service), JSON.stringify(identity));
    } catch (error) {
      throw new UserError(`${service} could not be started.`, {
        code: 'spawn-failed',
        why: (error as Error).message,
        fix: 'dsc doctor shows what is missing on this machine.',
        cause: error,
      });
    } finally {
      await log.close();
    }
  }

  async #wireAnswers(wire: WireClient): Promise<void> {
    let ended = false;
    const settled = async () => {
      ended = (await this.state('wire')).status === 'exited';
      return ended || (await wire.alive());
    };
    await until(settled, { withinMs: WIRE_WITHIN_MS, what: 'the wire to answer' });
    if (!ended) return;
    const printed: string[] = [];
    for await (const { text } of this.logs('wire', {})) printed.push(text);
    throw new UserError('The wire between the nodes did not start.', {
      code: 'wire-failed',
      why: printed.slice(-15).join('\n  '),
      fix: 'Run the command again: it chooses other ports.',
    });
  }

  /** How a process that is gone has ended, as far as this dsc can know. */
  async #end(record: ProcessIdentity): Promise<{ exitCode: number | null; signal: string | null }> {
    const child = this.#children.get(keyOf(record));
    if (!child) return { exitCode: null, signal: null };
    // A process is gone a moment before Node has been told of its end.
    const told = () => child.exitCode !== null || child.signalCode !== null;
    await until(told, { withinMs: 10_000, everyMs: 1, what: `the end of process ${record.pid}` });
    return { exitCode: child.exitCode, signal: child.signalCode };
  }

  async #entrypoint(service: Service): Promise<string[]> {
    if (!service.build) {
      throw new UserError(`${service.name} has an image but no code to build.`, {
        code: 'needs-containers',
        why: 'The process runtime runs the code in the build context.',
        fix: 'Use --runtime docker for this stack.',
      });
    }
    return readEntrypoint(join(service.build.context, service.build.dockerfile));
  }

  /** The Node of dsc itself and the Python of the course stand for those of the images. */
  async #executable(program: string): Promise<string> {
    if (program === 'node') return process.execPath;
    if (!program.startsWith('python')) return program;
    this.#python ??= await pythonEnvironment(() => {});
    return this.#python;
  }

  async #record(service: string): Promise<ProcessIdentity | undefined> {
    try {
      return JSON.parse(await readFile(this.#recordFile(service), 'utf8')) as ProcessIdentity;
    } catch {
      return undefined;
    }
  }

  async #recorded(): Promise<string[]> {
    const files = await readdir(join(this.#home, 'run')).catch(() => []);
    return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  }

  #recordFile(service: string): string {
    return join(this.#home, 'run', `${service}.json`);
  }

  #log(service: string): string {
    return join(this.#home, 'logs', `${service}.log`);
  }

  #data(service: string): string {
    return join(this.#home, 'data', service);
  }
}

function keyOf({ pid, startedAt }: ProcessIdentity): string {
  return `${pid} ${startedAt}`;
}

function portTaken(service: string, port: string): UserError {
  return new UserError(`${service} cannot listen on port ${port}.`, {
    code: 'port-taken',
    why: 'Another program has taken the port since dsc chose it.',
    fix: 'dsc stop, then dsc start: it chooses a free one.',
  });
}
