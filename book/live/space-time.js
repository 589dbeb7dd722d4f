import { stateWords } from './model.js';

const LANE_PX = 40;
const TOP_PX = 18;
const BOTTOM_PX = 18;
const NAMES_PX = 76;
/** More arrows than these nobody can tell apart, and drawing them takes time that the cluster needs. */
const MOST_ARROWS = 1_200;

/** The states of a node that its line shows, and what it was before it came into one. */
const STATES = { exited: 'running', paused: 'running', absent: 'running', running: 'exited' };

/**
 * The nodes as lines, the messages between them as arrows, faults and deaths as marks; time goes to the right.
 * Colour never stands alone: a request is a full line, an answer a dashed one, and what is lost ends in a cross.
 */
export class SpaceTime {
  /** @param windowMs how much of the time is seen */
  constructor(canvas, windowMs) {
    this.canvas = canvas;
    this.windowMs = windowMs;
    this.#readColours();
    new MutationObserver(() => this.#readColours()).observe(document.documentElement, {
      attributeFilter: ['class'],
    });
  }

  #readColours() {
    const style = getComputedStyle(this.canvas);
    const read = (name) => style.getPropertyValue(name).trim();
    this.colours = {
      text: read('--fg'),
      faint: read('--live-faint'),
      line: read('--dsc-line'),
      accent: read('--dsc-accent'),
      wrong: read('--dsc-wrong'),
      background: read('--bg'),
    };
    this.font = `12px ${style.fontFamily}`;
  }

  /**
   * @param model whose nodes, messages and marks are drawn
   * @param now epoch ms of the right edge
   * @param moment epoch ms that is marked, in a replay
   */
  draw(model, now, moment) {
    const lanes = this.#lanes(model, now);
    const width = this.canvas.clientWidth;
    const height = TOP_PX + lanes.length * LANE_PX + BOTTOM_PX;
    if (width === 0) return;
    this.#fit(width, height);
    const context = this.canvas.getContext('2d');
    context.clearRect(0, 0, width, height);
    context.font = this.font;
    const scale = (width - NAMES_PX - 12) / this.windowMs;
    const x = (at) => NAMES_PX + (at - (now - this.windowMs)) * scale;
    const y = (name) => TOP_PX + (lanes.indexOf(name) + 0.5) * LANE_PX;
    this.#axis(context, moment ?? now, x, height);
    for (const name of lanes) this.#lane(context, model, name, y(name), x, now);
    context.save();
    context.beginPath();
    context.rect(NAMES_PX, 0, width - NAMES_PX, height);
    context.clip();
    const seen = model.messages.filter(
      ({ sentAt, answeredAt }) => (answeredAt ?? sentAt) > now - this.windowMs && sentAt <= now,
    );
    const every = Math.ceil(seen.length / (MOST_ARROWS / 2));
    const routine = seen.filter(isPlainRoutine);
    this.#routine(context, routine.filter(({ seq }) => seq % every === 0), x, y, lanes);
    for (const message of seen) {
      if (isPlainRoutine(message)) continue;
      const plain = message.outcome === 'answered' && message.faults.length === 0;
      if (!plain || message.seq % every === 0) this.#message(context, message, x, y, lanes, now);
    }
    for (const mark of model.marks) {
      if (mark.at > now - this.windowMs && mark.at <= now) this.#mark(context, mark, x(mark.at), y, lanes, height);
    }
    if (moment !== undefined) this.#moment(context, x(moment), height);
    context.restore();
  }

  #lanes(model, now) {
    const names = model.nodes.map(({ name }) => name);
    const others = new Set();
    for (const { sentAt, from, to } of model.messages) {
      if (sentAt < now - this.windowMs) continue;
      for (const name of [from, to]) if (name && !names.includes(name)) others.add(name);
    }
    return [...[...others].sort().slice(0, 4), ...names];
  }

  /** Sharp on a screen with more pixels than points. */
  #fit(width, height) {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const { canvas } = this;
    if (canvas.width === Math.round(width * ratio) && canvas.height === Math.round(height * ratio)) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    canvas.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Seconds before `zero`, epoch ms. */
  #axis(context, zero, x, height) {
    context.fillStyle = this.colours.faint;
    context.strokeStyle = this.colours.line;
    context.lineWidth = 1;
    context.textAlign = 'center';
    for (let ago = 0; ago <= this.windowMs; ago += this.windowMs / 6) {
      const at = x(zero - ago);
      if (at < NAMES_PX) break;
      context.globalAlpha = 0.5;
      stroke(context, [at, TOP_PX - 4], [at, height - BOTTOM_PX]);
      context.globalAlpha = 1;
      const seconds = Math.round(ago / 100) / 10;
      if (ago < this.windowMs) context.fillText(ago === 0 ? '0 s' : `-${seconds} s`, at - 6, height - 4);
    }
  }

  #lane(context, model, name, y, x, now) {
    const node = model.nodes.find((candidate) => candidate.name === name);
    const leads = node?.role === 'leader';
    const runs = !node || node.status === 'running';
    context.fillStyle = runs ? this.colours.text : this.colours.wrong;
    context.textAlign = 'left';
    context.font = leads ? `bold ${this.font}` : this.font;
    context.fillText(name, 2, y - 1, NAMES_PX - 8);
    context.font = this.font.replace('12px', '10.5px');
    context.fillStyle = runs ? this.colours.faint : this.colours.wrong;
    const words = node ? (runs ? (node.role ?? '') : stateWords(node).replace(/^is /, '')) : '';
    context.fillText(words, 2, y + 12, NAMES_PX - 8);
    context.font = this.font;
    for (const { from, to, status } of this.#stretches(model, name, now)) {
      const alive = status === 'running';
      context.strokeStyle = alive ? (leads ? this.colours.accent : this.colours.line) : this.colours.wrong;
      context.lineWidth = alive && leads ? 3 : 1.5;
      context.setLineDash(alive ? [] : [2, 5]);
      stroke(context, [Math.max(NAMES_PX, x(from)), y], [x(to), y]);
    }
    context.setLineDash([]);
  }

  /** From when to when the node ran, stood still or was dead, as its marks tell. */
  #stretches({ marks, nodes }, name, now) {
    const changes = marks.filter(({ node, kind, at }) => node === name && kind in STATES && at <= now);
    const node = nodes.find((candidate) => candidate.name === name);
    const begin = now - this.windowMs;
    const first = changes[0] ? STATES[changes[0].kind] : (node?.status ?? 'running');
    const stretches = [{ from: begin, to: now, status: first }];
    for (const { at, kind } of changes) {
      if (at < begin) stretches[0].status = kind;
      else {
        stretches.at(-1).to = at;
        stretches.push({ from: at, to: now, status: kind });
      }
    }
    return stretches;
  }

  /** What goes on all the time is most of what there is: faint, without its answers, and drawn in one go. */
  #routine(context, messages, x, y, lanes) {
    context.beginPath();
    for (const { from, to, sentAt, deliveredAt } of messages) {
      if (deliveredAt === null || !lanes.includes(from) || !lanes.includes(to)) continue;
      const [x1, y1, x2, y2] = [x(sentAt), y(from), x(deliveredAt), y(to)];
      const back = y2 > y1 ? -5 : 5;
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.moveTo(x2 - 2.5, y2 + back);
      context.lineTo(x2, y2);
      context.lineTo(x2 + 2.5, y2 + back);
    }
    context.globalAlpha = 0.5;
    context.lineWidth = 1;
    context.strokeStyle = this.colours.accent;
    context.stroke();
    context.globalAlpha = 1;
  }

  #message(context, message, x, y, lanes, now) {
    const { from, to, sentAt, deliveredAt, answeredAt, returnedAt, outcome } = message;
    if (!lanes.includes(from) || !lanes.includes(to)) return;
    const harmed = isHarmed(message);
    context.lineWidth = 1.5;
    const lost = ['request-lost', 'reset', 'unreachable', 'abandoned'].includes(outcome) && deliveredAt === null;
    context.strokeStyle = harmed ? this.colours.wrong : this.colours.accent;
    if (lost) this.#lost(context, [x(sentAt), y(from)], [x(sentAt + 60), y(to)]);
    else this.#arrow(context, [x(sentAt), y(from)], [x(deliveredAt ?? now), y(to)], deliveredAt !== null);
    if (outcome === 'answer-lost') {
      const at = answeredAt ?? deliveredAt;
      this.#lost(context, [x(at), y(to)], [x(at + 60), y(from)]);
    } else if (returnedAt !== null && returnedAt <= now) {
      context.setLineDash([3, 3]);
      context.strokeStyle = harmed ? this.colours.wrong : this.colours.faint;
      this.#arrow(context, [x(answeredAt), y(to)], [x(returnedAt), y(from)], true);
      context.setLineDash([]);
    }
  }

  #arrow(context, [x1, y1], [x2, y2], arrived) {
    stroke(context, [x1, y1], [x2, y2]);
    if (!arrived) return;
    const turn = Math.atan2(y2 - y1, x2 - x1);
    context.save();
    context.translate(x2, y2);
    context.rotate(turn);
    context.fillStyle = context.strokeStyle;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(-6, -2.5);
    context.lineTo(-6, 2.5);
    context.fill();
    context.restore();
  }

  #lost(context, [x1, y1], [x2, y2]) {
    const [x, y] = [x1 + (x2 - x1) * 0.6, y1 + (y2 - y1) * 0.6];
    stroke(context, [x1, y1], [x, y]);
    stroke(context, [x - 3, y - 3], [x + 3, y + 3]);
    stroke(context, [x - 3, y + 3], [x + 3, y - 3]);
  }

  #mark(context, { node, kind }, x, y, lanes, height) {
    const bad = !['leader', 'running', 'healed', 'note'].includes(kind);
    context.fillStyle = bad ? this.colours.wrong : this.colours.accent;
    context.strokeStyle = context.fillStyle;
    context.textAlign = 'center';
    context.lineWidth = 1.5;
    if (!lanes.includes(node)) {
      context.setLineDash([4, 3]);
      stroke(context, [x, TOP_PX - 4], [x, height - BOTTOM_PX]);
      context.setLineDash([]);
      context.fillText(bad ? '⚡' : '✓', x, TOP_PX - 5);
      return;
    }
    const at = y(node);
    if (bad) {
      context.lineWidth = 2.5;
      stroke(context, [x - 5, at - 5], [x + 5, at + 5]);
      stroke(context, [x - 5, at + 5], [x + 5, at - 5]);
    } else {
      context.beginPath();
      context.arc(x, at, 5, 0, 2 * Math.PI);
      context.fill();
      context.fillText({ leader: '★', running: '▲' }[kind] ?? '', x, at - 8);
    }
  }

  #moment(context, x, height) {
    context.strokeStyle = this.colours.text;
    context.lineWidth = 2;
    stroke(context, [x, 4], [x, height - BOTTOM_PX]);
  }
}

function isHarmed({ faults, outcome }) {
  return faults.length > 0 || !['answered', 'waiting'].includes(outcome);
}

function isPlainRoutine(message) {
  return message.routine && !isHarmed(message);
}

function stroke(context, [x1, y1], [x2, y2]) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
