import { Announcer } from './announcer.js';
import { Checks } from './checks.js';
import { Connection } from './connection.js';
import { element, write } from './dom.js';
import { ClusterFaults } from './faults.js';
import { LogTail } from './log-tail.js';
import { MessageList } from './message-list.js';
import { Model, WINDOW_MS } from './model.js';
import { NodeCards } from './node-cards.js';
import { Replay } from './replay.js';
import { SpaceTime } from './space-time.js';
import { SystemView } from './system-view.js';

const OPEN_KEY = 'dsc-live-open';
/** How often what moves is drawn, ms: smooth enough to follow, and light for the machine that runs the cluster. */
const FRAME_MS = 200;
/** The same for those who asked their system for less motion, ms. */
const CALM_FRAME_MS = 1_000;
/** How often the words are renewed, ms. */
const WORDS_MS = 300;
/** The diagram ends so long ago: what is newer has perhaps not been told of yet, ms. */
const BEHIND_MS = 500;
/** What happened so long before the page was opened is still told, ms. */
const NEWS_MS = 5_000;

const wide = window.matchMedia('(min-width: 1400px)');
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

/** The panel: a landmark beside the text, and the button in the book's menu that opens and closes it. */
class Panel {
  constructor(menu, connection) {
    this.connection = connection;
    this.problem = element('p', { class: 'live-problem', role: 'alert' });
    this.news = element('p', { class: 'live-news', role: 'status' });
    this.about = element('p', { class: 'live-about' });
    const announcer = new Announcer(this.news);
    // What was long ago is no news to a reader who turns the page.
    this.model = new Model((text, at) => at >= this.newsSince && announcer.say(text));
    this.newsSince = Number.POSITIVE_INFINITY;
    /** By how much the clock of the server is behind ours, ms: it may be another machine, behind a tunnel. */
    this.skewMs = 0;
    const act = (what, args) => this.#act(what, args, announcer);
    this.faults = new ClusterFaults(act);
    this.cards = new NodeCards(act);
    this.canvas = element('canvas', { role: 'img', 'aria-label': 'Messages between the nodes, as a moving diagram' });
    this.pause = element(
      'button',
      { type: 'button', 'aria-pressed': 'false', onclick: () => this.#togglePause() },
      'Pause the diagram',
    );
    this.messages = new MessageList();
    this.system = new SystemView();
    this.checks = new Checks();
    this.log = new LogTail();
    this.title = element('h2', { id: 'live-title', tabindex: '-1' }, 'Live cluster');
    this.controls = section('Break it, check it', this.faults.body);
    this.replayPlace = element('div');
    this.diagram = section('Messages', this.canvas, legend(), element('div', { class: 'live-row' }, this.pause), this.messages.body);
    this.systemSection = section('', this.system.body);
    this.parts = element(
      'div',
      {},
      this.controls,
      section('Nodes', this.cards.list),
      this.diagram,
      this.systemSection,
      section('Checks', this.checks.body),
      section('Log', this.log.body),
    );
    const close = element(
      'button',
      { type: 'button', class: 'live-close', 'aria-label': 'Close the live cluster', onclick: () => this.#close() },
      '×',
    );
    this.root = element(
      'aside',
      { id: 'live-panel', class: 'live-panel', 'aria-labelledby': 'live-title', hidden: true },
      element('header', {}, element('div', { class: 'live-title' }, this.title, close), this.about, this.news, this.problem),
      this.replayPlace,
      this.parts,
    );
    // mdBook turns pages and searches on single keys.
    this.root.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Escape' && !wide.matches) this.#close();
    });
    this.toggle = toggleButton(() => (this.root.hidden ? this.#open() : this.#close()));
    menu.prepend(this.toggle);
    document.body.append(this.root);
    this.spaceTime = new SpaceTime(this.canvas, WINDOW_MS);
    this.frozenAt = undefined;
    this.#frames();
  }

  /** Shows the cluster as it is now, and goes on. */
  live() {
    this.running = true;
    document.addEventListener('visibilitychange', () => this.#connect());
    this.#connect();
  }

  /** Nobody looks: then nothing is asked for, and the cluster is left alone. */
  #connect() {
    const looked = !document.hidden && (this.decided ? !this.root.hidden : wide.matches && remembered() !== false);
    if (!this.running || looked === Boolean(this.disconnect)) return;
    this.disconnect?.();
    this.disconnect = looked ? this.#watch() : undefined;
    if (looked) this.newsSince = Number.POSITIVE_INFINITY;
  }

  #watch() {
    return this.connection.watch(
      ({ events, dropped, sentAt }) => {
        this.#setConnection('');
        if (this.newsSince === Number.POSITIVE_INFINITY) {
          this.newsSince = sentAt - NEWS_MS;
          this.skewMs = Date.now() - sentAt;
        }
        this.model.dropped += dropped;
        for (const event of events) this.model.take(event);
        this.lagMs = this.#now() - sentAt;
        this.dirty = true;
        if (!this.decided) this.#openFirst();
      },
      (state) => {
        const words = {
          open: '',
          lost: 'The server of this book does not answer; trying again.',
          refused: 'The server was started anew: load this page again.',
        };
        this.#setConnection(words[state]);
      },
    );
  }

  #now() {
    return Date.now() - this.skewMs;
  }

  replay(run, check) {
    this.running = false;
    this.controls.hidden = true;
    this.pause.hidden = true;
    write(this.title, 'A verify, again');
    const replay = new Replay(this.connection, { run, check }, (model, at) => {
      this.model = model;
      this.at = at;
      this.#words();
      this.spaceTime.draw(model, at + WINDOW_MS / 10, at);
    });
    this.replayPlace.append(replay.body);
    this.root.classList.add('live-replay');
    this.#show(true);
    replay.load().catch((error) => write(this.problem, error.message));
  }

  #open() {
    this.#show(true);
    remember(true);
    this.#words();
    this.title.focus();
  }

  #close() {
    this.#show(false);
    remember(false);
    this.toggle.focus();
  }

  #show(open) {
    this.decided = true;
    this.root.hidden = !open;
    this.#connect();
    this.toggle.setAttribute('aria-expanded', String(open));
    document.documentElement.classList.toggle('live-open', open);
  }

  /** As the reader left it; at first, where there is a cluster to see and room beside the text. */
  #openFirst() {
    if (this.model.cluster !== null) this.#show(true);
  }

  #setConnection(text) {
    if (this.connectionProblem === text) return;
    this.connectionProblem = text;
    write(this.problem, text);
  }

  async #act(what, args, announcer) {
    write(this.problem, '');
    try {
      announcer.say((await this.connection.act(what, args)).replace(/ (Undo|Bring it back with): .*$/, ''));
    } catch (error) {
      write(this.problem, error.message);
    }
  }

  #togglePause() {
    this.frozenAt = this.frozenAt === undefined ? this.#now() - BEHIND_MS : undefined;
    const frozen = this.frozenAt !== undefined;
    this.pause.setAttribute('aria-pressed', String(frozen));
  }

  #frames() {
    let [drawn, written] = [0, 0];
    setInterval(() => {
      const now = Date.now();
      this.model.forget(this.frozenAt ?? this.#now());
      if (!this.running || this.root.hidden || document.hidden) return;
      if (this.dirty && now - written >= WORDS_MS) {
        written = now;
        this.dirty = false;
        this.#words();
      }
      if (this.frozenAt !== undefined || now - drawn < (calm.matches ? CALM_FRAME_MS : FRAME_MS)) return;
      drawn = now;
      this.spaceTime.draw(this.model, this.#now() - BEHIND_MS);
    }, FRAME_MS);
  }

  #words() {
    const { model } = this;
    const { cluster, nodes } = model;
    this.parts.hidden = cluster === null;
    const runs = nodes.filter(({ status }) => status === 'running').length;
    const about = cluster
      ? `Session ${cluster.session}: ${cluster.title} · ${runs} of ${nodes.length} nodes run · ${cluster.runtime}`
      : this.newsSince < Number.POSITIVE_INFINITY
        ? 'No nodes are running. In a terminal: dsc start session-1'
        : 'Looking for your nodes ...';
    write(this.about, this.lagMs > 1_000 ? `${about} · ${(this.lagMs / 1_000).toFixed(1)} s behind` : about);
    if (cluster === null) return;
    this.faults.show({ nodes, run: model.run, running: this.running });
    this.cards.show(nodes, model.faults);
    this.messages.show(model);
    this.systemSection.hidden = model.system === null;
    if (model.system !== null) write(this.systemSection.querySelector('h3'), this.system.show(model.system, model));
    this.checks.show(model.run);
    this.log.choices(nodes.map(({ name }) => name));
    this.log.show(model.lines);
  }
}

function section(title, ...parts) {
  return element('section', {}, element('h3', {}, title), ...parts);
}

function legend() {
  const words = ['full line: request', 'faint: routine', 'dashed: answer', 'cross: lost, or the node died', 'star: leads'];
  return element('p', { class: 'live-faint live-legend' }, ...words.map((text) => element('span', {}, text)));
}

function toggleButton(onclick) {
  const button = element(
    'button',
    { id: 'live-toggle', class: 'icon-button', type: 'button', title: 'Live cluster', onclick },
    element('span', { class: 'live-hidden' }, 'Live cluster'),
  );
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('aria-controls', 'live-panel');
  button.insertAdjacentHTML(
    'afterbegin',
    '<svg viewBox="0 0 18 18" aria-hidden="true"><path d="M9 4 3.5 14M9 4l5.5 10M4 14h10" fill="none" stroke-width="1.5"/><circle cx="9" cy="4" r="2.6"/><circle cx="3.6" cy="14" r="2.6"/><circle cx="14.4" cy="14" r="2.6"/></svg>',
  );
  return button;
}

function remember(open) {
  try {
    localStorage.setItem(OPEN_KEY, open ? 'yes' : 'no');
  } catch {
    // Not kept: cookies are off.
  }
}

/** @returns undefined when the reader has not chosen yet */
function remembered() {
  try {
    const kept = localStorage.getItem(OPEN_KEY);
    return kept === null ? undefined : kept === 'yes';
  } catch {
    return undefined;
  }
}

const menu = document.querySelector('#mdbook-menu-bar .right-buttons');
const token = document.querySelector('meta[name=dsc-live]')?.content;
if (menu && token) {
  const panel = new Panel(menu, new Connection(token));
  const asked = new URLSearchParams(location.search);
  if (asked.has('run')) panel.replay(asked.get('run'), asked.get('check'));
  else panel.live();
}
