// What is known of the cluster: made from the events, one after the other, and never larger than its bounds.

export const MOST_MESSAGES = 3_000;
export const MOST_LINES = 200;
export const MOST_MARKS = 200;

/** The reader sees so much of the past in the diagram, ms; what is older is forgotten. */
export const WINDOW_MS = 6_000;

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
   * @param tell told of what a reader should hear of: a sentence without its full stop, and when it was, epoch ms
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

  on_cluster({ at, cluster }) {
    const before = this.cluster;
    this.cluster = cluster;
    if (cluster === null || before?.session !== cluster.session || before?.project !== cluster.project) {
      this.nodes = [];
      this.faults = [];
      this.system = null;
      this.marks = [];
    }
    // Their numbers begin anew; those of the last moments are told once more.
    this.messages = [];
    this.lines = [];
    if (cluster === null && before !== null) this.tell('No nodes are running any more', at);
    if (cluster !== null && before === null) this.tell(`${cluster.services.length} nodes are running`, at);
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
    // That a node was killed or stands still its own state tells; what a check does, its notes.
    const told = new Set(this.marks.slice(-20).map(({ text }) => text));
    const news = (what) => !/ (killed|paused)$/.test(what) && !told.has(what);
    for (const what of now) if (!before.has(what) && news(what)) this.mark(at, undefined, 'fault', what);
    for (const what of before) {
      if (!now.has(what) && !/ (killed|paused)$/.test(what)) this.mark(at, undefined, 'healed', `undone: ${what}`);
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

  on_note({ at, kind, node, text }) {
    this.mark(at, node, kind, text);
  }

  on_left_out({ messages }) {
    this.dropped += messages;
  }

  on_verify({ at, run, event }) {
    if (event.type === 'started') {
      const checks = event.checks.map(({ id, promise }) => ({ id, promise, verdict: 'waiting' }));
      this.run = { id: run, verdict: null, checks };
      this.tell(`A verify has begun: ${checks.length} checks`, at);
    } else if (this.run?.id !== run) {
      return;
    } else if (event.type === 'check-started') {
      this.#decide(at, event.id, 'running');
    } else if (event.type === 'check-finished') {
      this.#decide(at, event.result.id, event.result.verdict, event.result);
    } else if (event.type === 'finished') {
      this.run.verdict = event.result.verdict;
      const kept = event.result.verdict === 'pass';
      this.tell(kept ? 'Verify: all promises kept' : `Verify: ${event.result.verdict}`, at);
    } else if (event.type === 'ended') {
      this.run.verdict ??= 'ended';
    }
  }

  #decide(at, id, verdict, result) {
    const check = this.run.checks.find((candidate) => candidate.id === id);
    if (!check) return;
    Object.assign(check, { verdict, result });
    if (verdict === 'fail') this.tell(`Check failed: ${check.promise}`, at);
  }

  mark(at, node, kind, text) {
    this.marks.push({ at, node, kind, text });
    if (this.marks.length > MOST_MARKS) this.marks.shift();
    this.tell(text, at);
  }
}

/** `runs`, `is dead`: how a node is, in words. */
export function stateWords({ status, exitCode }) {
  if (status === 'running') return 'runs';
  if (status === 'paused') return 'stands still';
  if (status === 'absent') return 'is stopped';
  return exitCode === null || exitCode === undefined ? 'is dead' : `ended with exit code ${exitCode}`;
}
