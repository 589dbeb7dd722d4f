import type { LiveEvent, NodeView } from '../../live/events.ts';
import { MARKS } from '../output/verify-report.ts';
import { clock, messageWords, stateWords, tellsMuch } from './model.ts';
import { systemSummary } from './system-lines.ts';

/** The system's view is told at most so often, ms. */
const VIEW_EVERY_MS = 1_000;

/** Events as lines of text, for where nothing can be drawn: what has changed, once. */
export class PlainLines {
  #nodes = new Map<string, string>();
  #faults: string[] = [];
  #view = '';
  #viewAt = 0;

  /** @returns lines without colour, none for what is not worth one */
  take(event: LiveEvent): string[] {
    return this.#words(event).map((words) => `${clock(event.at)} ${words}`);
  }

  #words(event: LiveEvent): string[] {
    switch (event.type) {
      case 'cluster':
        this.#nodes.clear();
        this.#faults = [];
        if (event.cluster === null) return ['No nodes are running here.'];
        return [
          `Session ${event.cluster.session}: ${event.cluster.title} · runtime ${event.cluster.runtime}`,
        ];
      case 'nodes':
        return event.nodes.flatMap((node) => this.#node(node));
      case 'faults':
        return this.#takeFaults([...new Set(event.faults.map(({ what }) => what))]);
      case 'system': {
        const words = systemSummary(event.view);
        if (words === this.#view || event.at - this.#viewAt < VIEW_EVERY_MS) return [];
        this.#view = words;
        this.#viewAt = event.at;
        return [words];
      }
      case 'message': {
        const { outcome, routine } = event;
        const told = outcome !== 'waiting' && (!routine || outcome !== 'answered');
        return told ? [messageWords(event)] : [];
      }
      case 'left-out':
        return [`${event.messages} messages more`];
      case 'note':
        return [event.kind === 'fault' ? `⚡ ${event.text}` : event.text];
      case 'log':
        return tellsMuch(event.trace) ? [`${event.node} | ${event.text}`] : [];
      case 'verify':
        return verifyWords(event.event);
    }
  }

  #node(node: NodeView): string[] {
    const { name, role, term } = node;
    const said = [role, term === undefined ? undefined : `term ${term}`].filter((part) => part !== undefined);
    const words = [stateWords(node), ...(node.answers ? said : [])].join(', ');
    if (this.#nodes.get(name) === words) return [];
    this.#nodes.set(name, words);
    return [`${name}: ${words}`];
  }

  #takeFaults(faults: string[]): string[] {
    const begun = faults.filter((what) => !this.#faults.includes(what)).map((what) => `⚡ ${what}`);
    const over = this.#faults.filter((what) => !faults.includes(what)).map((what) => `undone: ${what}`);
    this.#faults = faults;
    return [...begun, ...over];
  }
}

function verifyWords(event: Extract<LiveEvent, { type: 'verify' }>['event']): string[] {
  switch (event.type) {
    case 'started':
      return [`verify: ${event.checks.length} checks, seed ${event.seed}`];
    case 'check-finished':
      return [`verify: ${MARKS[event.result.verdict]} ${event.result.promise}`];
    case 'finished':
      return [`verify: ${event.result.verdict}`];
    case 'ended':
      return ['verify: interrupted'];
    default:
      return [];
  }
}
