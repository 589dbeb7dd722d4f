import type { ServerResponse } from 'node:http';
import { now } from './clock.ts';
import { deliver, type WholeAnswer, type WholeRequest } from './deliver.ts';
import type { Fate, Luck, SetTrap } from './faults.ts';
import type { Network } from './network.ts';
import type { Outcome, WireMessage } from './protocol.ts';
import type { PuppetAnswer } from './puppet-calls.ts';

/** How long a callee may go on with a request after its caller gave up, ms. */
const ORPHAN_LIVES_MS = 60_000;

/** One request of a caller and its answer, on their way through the rules and traps of their directions. */
export class Exchange {
  readonly #network: Network;
  readonly #target: URL;
  readonly #request: WholeRequest;
  readonly #response: ServerResponse;
  readonly #message: WireMessage;
  readonly #luck: { request: Luck; answer: Luck };
  readonly #giveUp = new AbortController();
  #trap: SetTrap | undefined;

  /**
   * @param target the callee's origin
   * @param response the caller's end
   * @param message its entry in the record, kept up to date from here on
   */
  constructor(
    network: Network,
    target: URL,
    request: WholeRequest,
    response: ServerResponse,
    message: WireMessage,
  ) {
    this.#network = network;
    this.#target = target;
    this.#request = request;
    this.#response = response;
    this.#message = message;
    this.#luck = network.faults.drawLuck(message.from, message.to);
    response.on('close', () => this.#callerClosed());
  }

  /** Carries the request to the callee and the answer back, or as far as the faults let them. Never throws. */
  async carry(): Promise<void> {
    const { faults } = this.#network;
    const { from, to } = this.#message;
    const fate = faults.fate(from, to, this.#luck.request);
    if (fate.lost) return this.#lose('request', fate.lost);
    this.#trap = faults.findTrap(from, to, this.#request.path, this.#request.body);
    const action = this.#trap?.trap.action;
    if (action === 'lose-request') {
      this.#caught();
      return this.#lose('request', 'lost');
    }
    if (action === 'reset') {
      this.#caught();
      this.#message.faults.push('connection reset');
      return this.#breakCaller('reset');
    }
    if (action === 'hold-request') await this.#hold('held');
    await this.#travel(fate, 'delayed');
    if (faults.isCut(from, to)) return this.#lose('request', 'cut');
    if (action === 'puppet') return this.#askPuppet();
    await this.#askCallee(fate.twice || action === 'duplicate');
  }

  async #askCallee(twice: boolean): Promise<void> {
    try {
      const first = this.#deliver(() => this.#arrive());
      if (twice) this.#deliverCopy();
      await this.#bringBack(await first);
    } catch {
      this.#notCaught();
      if (this.#message.outcome !== 'request-lost') this.#breakCaller('unreachable');
    }
  }

  /** @param onConnected false: the link was cut while the connection was made */
  #deliver(onConnected: () => boolean): Promise<WholeAnswer> {
    return deliver(this.#target, this.#request, { onConnected, signal: this.#giveUp.signal });
  }

  #arrive(): boolean {
    const { from, to } = this.#message;
    if (!this.#network.faults.isCut(from, to)) this.#noteDelivery();
    else this.#lose('request', 'cut');
    return this.#message.deliveredAt !== null;
  }

  #noteDelivery(): void {
    this.#message.deliveredAt = now();
    if (!this.#response.destroyed) return;
    this.#message.faults.push('delivered after the caller gave up');
    this.#limitOrphan();
  }

  /** The second copy. Its answer goes nowhere, but the record says what it was. */
  #deliverCopy(): void {
    const { from, to, faults } = this.#message;
    if (this.#trap?.trap.action === 'duplicate') this.#caught();
    faults.push('delivered twice');
    this.#deliver(() => !this.#network.faults.isCut(from, to)).then(
      (answer) => faults.push(`the copy was answered with ${answer.status}`),
      () => faults.push('the copy was not answered'),
    );
  }

  async #askPuppet(): Promise<void> {
    this.#caught();
    this.#noteDelivery();
    this.#message.faults.push('answered by dsc');
    const answer = await this.#network.puppets.ask(this.#message);
    if (!answer) return this.#breakCaller('reset');
    await this.#bringBack(puppetAnswer(answer));
  }

  async #bringBack(answer: WholeAnswer): Promise<void> {
    const { faults } = this.#network;
    const { from, to } = this.#message;
    this.#network.record.noteAnswer(this.#message, answer.status, answer.body);
    const fate = faults.fate(to, from, this.#luck.answer);
    const action = this.#trap?.trap.action;
    if (action === 'lose-answer') {
      this.#caught();
      return this.#lose('answer', 'lost');
    }
    if (fate.lost) return this.#lose('answer', fate.lost);
    if (action === 'hold-answer') await this.#hold('answer held');
    await this.#travel(fate, 'answer delayed');
    if (faults.isCut(to, from)) return this.#lose('answer', 'cut');
    this.#handOver(answer);
  }

  #handOver(answer: WholeAnswer): void {
    if (this.#response.destroyed) return;
    this.#response.sendDate = false;
    this.#response.writeHead(answer.status, answer.statusText, answer.headers);
    this.#response.end(answer.body);
    this.#message.returnedAt = now();
    this.#settle('answered');
  }

  async #hold(what: string): Promise<void> {
    const began = now();
    const index = this.#message.faults.push(what) - 1;
    const released = this.#network.pauses.hold(this.#trap!.id);
    this.#caught();
    await released;
    this.#message.faults[index] = `${what} for ${Math.round(now() - began)} ms`;
  }

  async #travel(fate: Fate, what: string): Promise<void> {
    if (fate.delayMs <= 0) return;
    this.#message.faults.push(`${what} ${Math.round(fate.delayMs)} ms`);
    await this.#network.pauses.delay(fate.delayMs);
  }

  /** The caller hears nothing. */
  #lose(what: 'request' | 'answer', how: 'cut' | 'lost'): void {
    if (how === 'cut') this.#message.faults.push(what === 'request' ? 'cut' : 'answer cut');
    else this.#message.faults.push(`${what} lost`);
    this.#message.outcome = what === 'request' ? 'request-lost' : 'answer-lost';
    this.#notCaught();
    this.#network.fallSilent(this.#response.req.socket);
  }

  #breakCaller(outcome: Outcome): void {
    this.#settle(outcome);
    this.#response.req.socket.resetAndDestroy();
  }

  #caught(): void {
    this.#trap!.caught.push(this.#message.seq);
  }

  /** The message was lost, or its answer never came, before the trap could act: it may catch another one. */
  #notCaught(): void {
    if (this.#trap && !this.#trap.caught.includes(this.#message.seq)) this.#trap.taken--;
    this.#trap = undefined;
  }

  #callerClosed(): void {
    if (this.#response.writableEnded) return;
    this.#settle('abandoned');
    if (this.#message.deliveredAt !== null) this.#limitOrphan();
  }

  /** What has been delivered cannot be called back: the callee may still handle it, but not for ever. */
  #limitOrphan(): void {
    setTimeout(() => this.#giveUp.abort(), ORPHAN_LIVES_MS).unref();
  }

  #settle(outcome: Outcome): void {
    if (this.#message.outcome === 'waiting') this.#message.outcome = outcome;
  }
}

function puppetAnswer({ status, body }: PuppetAnswer): WholeAnswer {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(bytes.length)];
  return { status, statusText: '', headers, body: bytes };
}
