import { seededRandom } from '../random.ts';
import type { Timeline } from '../timeline.ts';
import type { Core, CoreState } from './core.ts';
import { choose, chooseScenario, type Fault, pick, type Random } from './scenario.ts';
import { PROMISES, type Property, Violation } from './violation.ts';
import { World } from './world.ts';

/** How long agreement may take after the last fault, in ms of simulated time. */
const PATIENCE_MS = 30_000;
const CLIENT_EVERY_MS = 40;

export interface SeedResult {
  seed: number;
  facts: Facts;
  violation?: FoundViolation;
}

/** What a run has been through. */
export interface Facts {
  nodes: number;
  steps: number;
  elections: number;
  crashes: number;
  committed: number;
  reads: number;
  /** ms of simulated time from the last fault until all was well. */
  recoveredIn: number;
}

export interface FoundViolation {
  property: Property;
  promise: string;
  seen: string;
  timeline: Timeline;
  /** Of a crash: where. */
  stack?: string;
}

/**
 * Runs a core through one made-up history of faults.
 *
 * @param session how much of Raft the core has: 8 elections, 9 the log, 10 reads and clients
 * @param record whether the story of a violation is wanted: it costs time
 */
export function runSeed(core: Core, session: number, seed: number, record = false): SeedResult {
  const random = seededRandom(seed);
  const world = new World(core, chooseScenario(random), random, { record, session });
  let recoveredIn = 0;
  const facts = (): Facts => ({
    nodes: world.scenario.nodes.length,
    steps: world.steps,
    elections: world.invariants.elections,
    crashes: world.crashes,
    committed: world.invariants.committed,
    reads: world.clients.readsAnswered,
    recoveredIn,
  });
  try {
    planFaults(world, random);
    if (session >= 9) planClients(world, random, session);
    while (world.queue.runNext(world.scenario.faultsUntil));
    world.queue.now = world.scenario.faultsUntil;
    world.calm();
    recoveredIn = recover(world, session);
    return { seed, facts: facts() };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { seed, facts: facts(), violation: tell(world, error) };
  }
}

function tell(world: World, violation: Violation): FoundViolation {
  const { property, message, cause } = violation;
  const timeline = world.chronicle?.timeline(world.scenario.nodes, violation, world.queue.now);
  return {
    property,
    promise: PROMISES[property],
    seen: message,
    timeline: timeline ?? { participants: [], rows: [], earlier: 0 },
    ...(cause instanceof Error && cause.stack !== undefined && { stack: cause.stack }),
  };
}

/** Faults at random times, until there are to be no more. */
function planFaults(world: World, random: Random): void {
  const { faultEvery, faultsUntil, faults } = world.scenario;
  const next = () => {
    world.queue.schedule(faultEvery * 2 * random(), () => {
      if (world.queue.now >= faultsUntil) return;
      inject(world, choose(faults, random), random);
      next();
    });
  };
  next();
}

function inject(world: World, fault: Fault, random: Random): void {
  const { nodes } = world.scenario;
  const victim = pick(nodes, random);
  const others = nodes.filter((node) => node !== victim);
  const crash = (id: string) => world.crashForAWhile(id);
  const injections: Record<Fault, () => void> = {
    crash: () => crash(victim),
    'crash-leader': () => crash(world.up.find(({ state }) => state === 'leader')?.id ?? victim),
    'crash-all': () => nodes.forEach(crash),
    pause: () => {
      world.pause(victim);
      world.queue.schedule(20 + random() * 600, () => world.resume(victim));
    },
    isolate: () => world.cut(between([victim], others), `${victim} is cut off`),
    split: () => {
      const one = nodes.filter(() => random() < 0.5);
      const other = nodes.filter((node) => !one.includes(node));
      world.cut(between(one, other), `the network is cut: ${one.join(',')} | ${other.join(',')}`);
    },
    'one-way': () => {
      const to = pick(others, random);
      world.cut([[victim, to]], `nothing gets from ${victim} to ${to}`);
    },
    heal: () => world.heal(),
  };
  injections[fault]();
}

/** All links from one side to the other, and back. */
function between(one: readonly string[], other: readonly string[]): [string, string][] {
  return one.flatMap((left) =>
    other.flatMap((right): [string, string][] => [
      [left, right],
      [right, left],
    ]),
  );
}

/** Clients that ask any node, again and again. */
function planClients(world: World, random: Random, session: number): void {
  const next = () => {
    world.queue.schedule(CLIENT_EVERY_MS * 2 * random(), () => {
      if (world.queue.now >= world.scenario.faultsUntil) return;
      const node = clientsChoice(world, random);
      if (session >= 10 && random() < 0.4) world.step(node, world.clients.nextRead());
      else world.step(node, { type: 'propose', command: world.clients.nextCommand(random() < 0.3) });
      next();
    });
  };
  next();
}

/** Mostly one that says that it leads: there may be several, and not all are right. */
function clientsChoice(world: World, random: Random): string {
  const leaders = world.up.filter(({ state }) => state === 'leader');
  if (leaders.length > 0 && random() < 0.9) return pick(leaders, random).id;
  return pick(world.scenario.nodes, random);
}

/**
 * Nothing goes wrong any more: one leader is found whom all follow, and what a client asks for now is done everywhere.
 *
 * @returns ms of simulated time that it took
 */
function recover(world: World, session: number): number {
  const began = world.queue.now;
  const reads = world.clients.readsAnswered;
  let asked: { leader: string; term: number } | undefined;
  let written = Number.POSITIVE_INFINITY;
  let lastRead = Number.NEGATIVE_INFINITY;
  while (world.queue.runNext(began + PATIENCE_MS)) {
    const leader = agreedLeader(world);
    if (leader === undefined) continue;
    if (session < 9) return world.queue.now - began;
    if (asked?.leader !== leader.id || asked.term !== leader.currentTerm) {
      asked = { leader: leader.id, term: leader.currentTerm };
      const effects = world.step(leader.id, { type: 'propose', command: world.clients.nextCommand(false) });
      written = effects?.proposed?.index ?? Number.POSITIVE_INFINITY;
    }
    if (world.up.some(({ lastApplied }) => lastApplied < written)) continue;
    if (session < 10 || world.clients.readsAnswered > reads) return world.queue.now - began;
    if (world.queue.now - lastRead < 2 * CLIENT_EVERY_MS) continue;
    lastRead = world.queue.now;
    world.step(leader.id, world.clients.nextRead());
  }
  throw stuck(world, written);
}

function agreedLeader(world: World): CoreState | undefined {
  const nodes = world.up;
  const leader = nodes.find(({ state }) => state === 'leader');
  const agreed = nodes.every(
    ({ leader: followed, currentTerm }) => followed === leader?.id && currentTerm === leader?.currentTerm,
  );
  return agreed ? leader : undefined;
}

function stuck(world: World, written: number): Violation {
  const since = `${PATIENCE_MS / 1000} s after the last fault`;
  const leader = agreedLeader(world);
  const nodes = world.up;
  if (leader === undefined) {
    const views = nodes.map(({ id, state, currentTerm }) => `${id} is ${state} in term ${currentTerm}`);
    return new Violation('liveness', `${since} the nodes agree on no leader: ${views.join(', ')}.`);
  }
  const behind = nodes.filter(({ lastApplied }) => lastApplied < written);
  const what =
    behind.length > 0
      ? `${behind.map(({ id, lastApplied }) => `${id} has applied ${lastApplied} entries`).join(', ')}, and entry ${written} was written`
      : `${leader.id} leads and answers no read`;
  return new Violation('liveness', `${since} ${what}.`, { nodes: [leader.id] });
}
