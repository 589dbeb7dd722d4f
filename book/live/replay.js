import { element, write } from './dom.js';
import { Model } from './model.js';
import { timelineView } from './timeline.js';

/** How long a moment is shown when the replay runs by itself, ms. */
const STEP_MS = 900;

/** A check of a recorded run, step by step: the cluster as it was at each row of the timeline that the terminal printed. */
export class Replay {
  /**
   * @param wanted `{ run, check }`
   * @param show called with the model as it was, and the moment, epoch ms
   */
  constructor(connection, wanted, show) {
    this.connection = connection;
    this.wanted = wanted;
    this.show = show;
    this.step = 0;
    this.words = element('p', { role: 'status' });
    this.timeline = element('div', { class: 'live-scroll', tabindex: '0', role: 'group', 'aria-label': 'Timeline' });
    this.summary = element('p');
    this.play = button('Play', () => this.#togglePlay());
    const steps = element(
      'div',
      { class: 'live-row', role: 'group', 'aria-label': 'Steps' },
      button('First', () => this.#go(0)),
      button('Back', () => this.#go(this.step - 1)),
      button('Forward', () => this.#go(this.step + 1)),
      button('Where it went wrong', () => this.#go(Number.POSITIVE_INFINITY)),
      this.play,
    );
    const live = element('a', { href: location.pathname }, 'Back to the live cluster');
    this.body = element('section', {}, this.summary, steps, this.words, this.timeline, element('p', {}, live));
    this.body.addEventListener('keydown', (event) => this.#key(event));
  }

  async load() {
    const { check, steps, events } = await this.connection.recorded(this.wanted.run, this.wanted.check);
    this.events = events;
    this.steps = steps;
    const { promise, verdict, failure } = check;
    if (!failure) throw new Error(`${promise}: ${verdict}. What happened to the nodes is kept for checks that fail.`);
    write(this.summary, `${promise}. Expected: ${failure.expected}. Seen: ${failure.seen}.`);
    const { list, mark } = timelineView(failure.timeline, (index) => this.#go(index));
    this.mark = mark;
    this.timeline.append(list);
    this.#go(Number.POSITIVE_INFINITY);
  }

  #go(step) {
    if (!this.steps || this.steps.length === 0) return;
    this.step = Math.max(0, Math.min(step, this.steps.length - 1));
    const { moment, label } = this.steps[this.step];
    this.mark(this.step);
    write(this.words, `Step ${this.step + 1} of ${this.steps.length}: ${label}`);
    this.show(modelAt(this.events, moment), moment);
  }

  #togglePlay() {
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = undefined;
    } else {
      if (this.step === this.steps.length - 1) this.#go(0);
      this.timer = setInterval(() => {
        if (this.step < this.steps.length - 1) this.#go(this.step + 1);
        else this.#togglePlay();
      }, STEP_MS);
    }
    write(this.play, this.timer ? 'Stop' : 'Play');
  }

  #key(event) {
    const to = { ArrowLeft: this.step - 1, ArrowRight: this.step + 1, Home: 0, End: Number.POSITIVE_INFINITY }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#go(to);
  }
}

/** The cluster as it was at that moment, from everything that happened before. */
function modelAt(events, at) {
  const model = new Model();
  for (const event of events) if (event.at <= at) model.take(event);
  return model;
}

function button(label, onclick) {
  return element('button', { type: 'button', onclick }, label);
}
