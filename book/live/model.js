// What is known of the cluster: made from the events, one after the other, and never larger than its bounds.

export const MOST_MESSAGES = 3_000;
export const MOST_LINES = 200;
export const MOST_MARKS = 200;

/** The reader sees so much of the past in the diagram, ms; what is older is forgotten. */
export const WINDOW_MS = 10_000;

export class Model {
  /** What runs: `{ session, title, system, runtime, services }`; null when nothing does. */
  cluster = null;
  /** By name, in the order of the Compose file. */
  nodes = [];
  faults = [];
  /** What matters to this system; each kind has a view of its own. */
  system = null;
  messages = [];
  /** What happened at one moment to one node: `{ at, node, kind, text }`. */
  marks = [];
  lines = [];
  /** The last run of `dsc verify`: `{ id, verdict, checks: [{ id, promise, verdict, ms, result }] }`. */
  run = null;
  /** Events that the server dropped because this browser was slow. */
  dropped = 0;

  /**
   * @param tell told of what a reader should hear of, in a sentence
   */
  constructor(tell = () => {}) {
    this.tell = tell;
  }

  take(event) {
    this[`on_${event.type.replaceAll('-', '_')}`]?.(event);
  }

  /** Forgets what has left the diagram. */
  forget(now) {
    const old = this.messages.findIndex((message) => message.sentAt > now - 2 * WINDOW_MS);
    if (old > 500) this.messages.splice(0, old);
  }

  on_cluster({ cluster }) {
    const before = this.cluster;
    this.cluster = cluster;
    if (cluster === null || before?.session !== cluster.session) {
      this.nodes = [];
      this.faults = [];
      this.system = null;
      this.messages = [];
      this.marks = [];
      this.lines = [];
    }
    if (cluster === null && before !== null) this.tell('No nodes are running any more.');
    if (cluster !== null && before === null) this.tell(`${cluster.services.length} nodes are running.`);
  }

  on_nodes({ at, nodes }) {
    const before = new Map(this.nodes.map((node) => [node.name, node]));
    for (const node of nodes) {
      const then = before.get(node.name);
      if (!then) continue;
      if (then.status !== node.status) this.mark(at, node.name, node.status, `${node.name} ${stateWords(node)}`);
      const leads = node.role === 'leader' && (then.role !== 'leader' || then.term !== node.term);
      if (leads) {
        const term = node.term === undefined ? '' : ` in term ${node.term}`;
        this.mark(at, node.name, 'leader', `${node.name} leads${term}`);
      }
    }
    this.nodes = nodes;
  }

  on_faults({ at, faults }) {
    const words = (list) => new Set(list.map(({ what }) => what));
    const [before, now] = [words(this.faults), words(faults)];
    for (const what of now) if (!before.has(what)) this.mark(at, undefined, 'fault', what);
    for (const what of before) {
      if (!now.has(what) && !/killed|paused/.test(what)) this.mark(at, undefined, 'healed', `undone: ${what}`);
    }
    this.faults = faults;
  }

  on_system({ view }) {
    this.system = view;
  }

  on_message(message) {
    const { messages } = this;
    // A message is told of when it is sent, and again when more is known of it.
    for (let at = messages.length - 1; at >= 0 && at >= messages.length - 400; at--) {
      if (messages[at].seq !== message.seq) continue;
      messages[at] = message;
      return;
    }
    messages.push(message);
    if (messages.length > MOST_MESSAGES) messages.splice(0, MOST_MESSAGES / 10);
  }

  on_log({ at, node, text }) {
    this.lines.push({ at, node, text });
    if (this.lines.length > MOST_LINES) this.lines.splice(0, this.lines.length - MOST_LINES);
  }

  on_note({ at, node, text }) {
    this.mark(at, node, 'note', text);
  }

  on_verify({ run, event }) {
    if (event.type === 'started') {
      const checks = event.checks.map(({ id, promise }) => ({ id, promise, verdict: 'waiting' }));
      this.run = { id: run, verdict: null, checks };
      this.tell(`A verify has begun: ${checks.length} checks`);
    } else if (this.run?.id !== run) {
      return;
    } else if (event.type === 'check-started') {
      this.#decide(event.id, 'running');
    } else if (event.type === 'check-finished') {
      this.#decide(event.result.id, event.result.verdict, event.result);
    } else if (event.type === 'finished') {
      this.run.verdict = event.result.verdict;
      this.tell(event.result.verdict === 'pass' ? 'Verify: all promises kept' : `Verify: ${event.result.verdict}`);
    }
  }

  #decide(id, verdict, result) {
    const check = this.run.checks.find((candidate) => candidate.id === id);
    if (!check) return;
    Object.assign(check, { verdict, result });
    if (verdict === 'fail') this.tell(`Check failed: ${check.promise}`);
  }

  mark(at, node, kind, text) {
    this.marks.push({ at, node, kind, text });
    if (this.marks.length > MOST_MARKS) this.marks.shift();
    this.tell(text);
  }
}

/** `runs`, `is dead`: how a node is, in words. */
export function stateWords({ status, exitCode }) {
  if (status === 'running') return 'runs';
  if (status === 'paused') return 'stands still';
  if (status === 'absent') return 'is stopped';
  return exitCode === null || exitCode === undefined ? 'is dead' : `ended with exit code ${exitCode}`;
}
