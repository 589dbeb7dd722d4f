import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../course/atomic-write.ts';
import { UserError } from '../course/user-error.ts';
import { registerStack, unregisterStack } from './all-stacks.ts';
import type { ComposeModel, Service } from './compose/model.ts';
import { readCompose } from './compose/read-compose.ts';
import { Faults, noWire } from './faults.ts';
import { httpRequest, NoAnswer } from './http.ts';
import { findLinks, throughTheWire } from './links.ts';
import { NodeDidNotStart } from './node-did-not-start.ts';
import type { LogLine, LogOptions, NodeState, Placement, Report, Runtime, RuntimeName } from './runtime.ts';
import { until } from './until.ts';
import { WireClient } from './wire/client.ts';

/** What a later dsc command needs to find the stack again; plain JSON in `<home>/stack.json`. */
interface StackRecord {
  runtime: RuntimeName;
  composeFile: string;
  /** Variables for the Compose file beyond those of the shell. */
  variables: Record<string, string>;
  placement: Placement;
  /** The environment that differs from the Compose file, for each service that was started. */
  started: Record<string, Record<string, string>>;
}

export interface StackOptions {
  /** Where the stack keeps its record, its ledger of faults and, for processes, logs and data. */
  home: string;
  composeFile: string;
  variables: Record<string, string>;
  /** Makes the runtime once the project's name is known. */
  runtime: (project: string) => Runtime | Promise<Runtime>;
  report: Report;
}

export interface NodeStatus {
  name: string;
  url: string;
  state: NodeState;
  /** What /health says; absent when the node does not answer. */
  health?: Record<string, unknown>;
}

/** How long a node may take from its start to its first /health on an idle machine, ms. */
const READY_WITHIN_MS = 20_000;

/** A cluster of a Compose file on one of the runtimes, with the wire between its nodes. */
export class Stack {
  readonly model: ComposeModel;
  readonly placement: Placement;
  readonly faults: Faults;
  readonly #wire: WireClient | undefined;
  readonly #runtime: Runtime;
  readonly #home: string;
  readonly #record: StackRecord;

  private constructor(home: string, model: ComposeModel, record: StackRecord, runtime: Runtime) {
    this.#home = home;
    this.model = model;
    this.#record = record;
    this.#runtime = runtime;
    this.placement = record.placement;
    const { control } = record.placement;
    this.#wire = control && new WireClient(control.url, control.token);
    this.faults = new Faults(runtime, this.#wire, this.services, home);
  }

  /**
   * Prepares a stack and its wire; no node runs yet.
   * @throws UserError when the Compose file, the code or the machine does not allow it
   */
  static async create(options: StackOptions): Promise<Stack> {
    const { home, composeFile, variables, report } = options;
    await mkdir(home, { recursive: true });
    const model = await readCompose(composeFile, { environment: { ...process.env, ...variables } });
    const runtime = await options.runtime(model.project);
    await registerStack({ project: model.project, home, runtime: runtime.name });
    try {
      await runtime.prepare(model, report);
      const placement = await runtime.place(model, findLinks(model));
      const record: StackRecord = { runtime: runtime.name, composeFile, variables, placement, started: {} };
      const stack = new Stack(home, model, record, runtime);
      await stack.#save();
      report('starting the wire between the nodes');
      await runtime.startWire(model, placement);
      await until(() => stack.wireAnswers(), { withinMs: READY_WITHIN_MS, what: 'the wire to answer' });
      return stack;
    } catch (error) {
      await runtime.remove({});
      await rm(join(home, 'stack.json'), { force: true });
      await unregisterStack(model.project);
      throw error;
    }
  }

  /**
   * The stack that an earlier command left under this home, or undefined.
   * @param makeRuntime makes the runtime that the stack runs on
   */
  static async open(
    home: string,
    makeRuntime: (name: RuntimeName, project: string) => Runtime | Promise<Runtime>,
  ): Promise<Stack | undefined> {
    const text = await readFile(join(home, 'stack.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const record = JSON.parse(text) as StackRecord;
    const environment = { ...process.env, ...record.variables };
    const model = await readCompose(record.composeFile, { environment });
    return new Stack(home, model, record, await makeRuntime(record.runtime, model.project));
  }

  /**
   * A stack that was started by hand with `docker compose`, as the Compose file describes it. It has no wire, so its links
   * cannot be broken; everything else can be done to it.
   */
  static async adopt(
    home: string,
    found: { composeFile: string; variables: Record<string, string>; runtime: Runtime },
  ): Promise<Stack> {
    const { composeFile, variables, runtime } = found;
    await mkdir(home, { recursive: true });
    const model = await readCompose(composeFile, { environment: { ...process.env, ...variables } });
    const nodes = model.services.map(({ name, ports }) => [name, `http://127.0.0.1:${ports[0]?.host}`]);
    const placement: Placement = { nodes: Object.fromEntries(nodes), links: [], moved: [] };
    const record = { runtime: runtime.name, composeFile, variables, placement, started: {} };
    return new Stack(home, model, record, runtime);
  }

  /** The wire between the nodes. @throws UserError when the stack was started by hand and has none */
  get wire(): WireClient {
    return this.#wire ?? noWire();
  }

  /** Whether the stack still stands: false after a restart of the machine, or for a stack without a wire. */
  async wireAnswers(): Promise<boolean> {
    return this.#wire !== undefined && (await this.#wire.alive());
  }

  get services(): string[] {
    return this.model.services.map((service) => service.name);
  }

  get runtimeName(): RuntimeName {
    return this.#runtime.name;
  }

  get project(): string {
    return this.model.project;
  }

  /** The variables for the Compose file that this stack was made with. */
  get variables(): Readonly<Record<string, string>> {
    return this.#record.variables;
  }

  /** @throws UserError when there is no such service */
  url(service: string): string {
    const url = this.placement.nodes[service];
    if (url) return url;
    throw new UserError(`There is no node called ${service}.`, {
      code: 'unknown-node',
      why: `This stack has ${this.services.join(', ')}.`,
      fix: 'dsc status shows the nodes.',
      exitCode: 2,
    });
  }

  /** Builds the code anew, after it was changed. Running nodes keep the old one until they are started again. */
  async prepare(report: Report): Promise<void> {
    await this.#runtime.prepare(this.model, report);
  }

  /**
   * Makes exactly these services run with exactly these settings, and waits until each answers /health.
   * A service that already runs so is left alone, unless `fresh`: then all start anew with empty data.
   * @throws NodeDidNotStart when one ends or stays silent
   */
  async run(
    services: readonly string[],
    settings: Readonly<Record<string, string>> = {},
    options: { fresh?: boolean; restart?: boolean; signal?: AbortSignal } = {},
  ): Promise<void> {
    const states = await this.#runtime.states();
    const anew = (name: string) =>
      options.fresh ||
      options.restart ||
      states[name]?.status !== 'running' ||
      JSON.stringify(this.#record.started[name]) !== JSON.stringify(settings);
    await Promise.all(
      this.services.map(async (name) => {
        const wanted = services.includes(name);
        if (wanted && !anew(name)) return;
        await this.#runtime.kill(name);
        if (options.fresh) await this.#runtime.wipeData(name);
        if (wanted) await this.#start(name, settings);
        else delete this.#record.started[name];
      }),
    );
    await this.#save();
    await Promise.all(services.map((name) => this.ready(name, options.signal)));
  }

  /** Starts one service (again) with the settings it had, or with others. */
  async start(name: string, settings?: Readonly<Record<string, string>>): Promise<void> {
    this.url(name);
    await this.#start(name, settings ?? this.#record.started[name] ?? {});
    await this.#save();
    await this.ready(name);
  }

  /** Kills it if it runs and starts it; `wipe` empties its DATA_DIR in between. Waits until it answers. */
  async restart(
    name: string,
    options: { wipe?: boolean; settings?: Record<string, string> } = {},
  ): Promise<void> {
    this.url(name);
    await this.#runtime.kill(name);
    if (options.wipe) await this.#runtime.wipeData(name);
    await this.start(name, options.settings);
  }

  /** SIGTERM, and SIGKILL after `graceMs`. */
  terminate(name: string, graceMs: number): Promise<{ exitCode: number | null; ms: number }> {
    return this.#runtime.terminate(name, graceMs);
  }

  state(name: string): Promise<NodeState> {
    return this.#runtime.state(name);
  }

  /** Waits until the node answers /health. @throws NodeDidNotStart when it ends or stays silent */
  async ready(name: string, signal?: AbortSignal): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    let looks = 0;
    while (!(await this.health(name, 1_000))) {
      signal?.throwIfAborted();
      // The process is looked at only now and then: asking the engine costs more than asking the node.
      const state = looks++ % 5 === 4 ? await this.#runtime.state(name) : undefined;
      const late = performance.now() > deadline;
      if (late || state?.status === 'exited') {
        throw new NodeDidNotStart(
          name,
          state ?? (await this.#runtime.state(name)),
          await this.#lastLines(name),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** What /health says, or undefined when there is no answer with status 200 in time. */
  async health(name: string, timeoutMs = 500): Promise<Record<string, unknown> | undefined> {
    try {
      const answer = await httpRequest('GET', `${this.url(name)}/health`, { timeoutMs });
      return answer.status === 200
        ? (JSON.parse(answer.body.toString('utf8')) as Record<string, unknown>)
        : undefined;
    } catch (error) {
      if (error instanceof NoAnswer || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** Every node as it is now. */
  async status(): Promise<NodeStatus[]> {
    const states = await this.#runtime.states();
    return Promise.all(
      this.services.map(async (name) => {
        const state = states[name] ?? { status: 'absent' };
        const health = state.status === 'running' ? await this.health(name) : undefined;
        return { name, url: this.url(name), state, ...(health && { health }) };
      }),
    );
  }

  logs(name: string, options: LogOptions = {}): AsyncIterable<LogLine> {
    this.url(name);
    return this.#runtime.logs(name, options);
  }

  readData(name: string): Promise<Map<string, Buffer>> {
    return this.#runtime.readData(name);
  }

  writeData(name: string, path: string, content: Buffer): Promise<void> {
    return this.#runtime.writeData(name, path, content);
  }

  /** Removes everything that belongs to the stack. With `keepData` the nodes' data survive. */
  async remove(options: { keepData?: boolean } = {}): Promise<void> {
    await this.#runtime.remove(options);
    await rm(join(this.#home, 'stack.json'), { force: true });
    await rm(join(this.#home, 'faults.json'), { force: true });
    await unregisterStack(this.project);
  }

  async #start(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const service = this.model.services.find((candidate) => candidate.name === name)!;
    await this.#runtime.start(this.model, this.#definition(service, settings), this.placement);
    this.#record.started[name] = { ...settings };
    await this.faults.forget(name);
  }

  #definition(service: Service, settings: Readonly<Record<string, string>>): Service {
    const wired = throughTheWire(service, this.placement.links);
    return { ...wired, environment: { ...wired.environment, ...settings } };
  }

  async #lastLines(name: string): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of this.#runtime.logs(name, {})) lines.push(line.text);
    return lines.filter((line) => line.trim() !== '').slice(-40);
  }

  /** A stack that was started by hand stays the learner's: dsc finds it in the engine, not in a record. */
  async #save(): Promise<void> {
    if (!this.#wire) return;
    await atomicWrite(join(this.#home, 'stack.json'), `${JSON.stringify(this.#record, null, 2)}\n`);
  }
}
