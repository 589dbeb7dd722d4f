/** What makes one run unlike another. Times are ms of simulated time. */
export interface Scenario {
  nodes: string[];
  /** Until then things go wrong; afterwards everything works again. */
  faultsUntil: number;
  /** Chance that a message, or its answer, gets lost. */
  loss: number;
  /** Chance that a message comes twice. */
  duplicates: number;
  /** Chance that a message takes long, and is overtaken by others. */
  slow: number;
  /** From one fault to the next, on average. */
  faultEvery: number;
  /** How often each kind of fault is chosen. */
  faults: Record<Fault, number>;
  maxEntriesPerAppend: number;
  /** A leader crashes at the latest so long after its election; 0 if only chance makes it crash. */
  reign: number;
  /** Nodes that stay down when the faults are over: a minority. */
  downForGood: string[];
}

export type Fault =
  | 'crash'
  | 'crash-leader'
  | 'crash-all'
  | 'pause'
  | 'isolate'
  | 'split'
  | 'one-way'
  | 'heal';

export type Random = () => number;

const FAULTS_MS = 2000;

/** Chooses a scenario. Some are calm, so that plain mistakes are told by short stories. */
export function chooseScenario(random: Random): Scenario {
  const scenario = chooseFaults(random);
  return random() < 0.15 ? withShortReigns(scenario, random) : scenario;
}

/** Leaders hardly get anything done before they crash: then logs differ most. (Raft paper, figure 8) */
function withShortReigns(scenario: Scenario, random: Random): Scenario {
  return {
    ...scenario,
    faultsUntil: 2 * FAULTS_MS,
    loss: random() * 0.3,
    reign: 10 + random() * 60,
    faultEvery: 1000,
    maxEntriesPerAppend: 1,
  };
}

function chooseFaults(random: Random): Scenario {
  const size = random() < 0.75 ? 3 : 5;
  const harsh = random();
  const some = (most: number) => random() * most * harsh;
  const nodes = Array.from({ length: size }, (_, index) => `node${index + 1}`);
  const first = Math.floor(random() * size);
  const missing = random() < 0.25 ? Math.floor(random() * ((size + 1) / 2)) : 0;
  return {
    nodes,
    downForGood: [...nodes, ...nodes].slice(first, first + missing),
    faultsUntil: FAULTS_MS,
    loss: some(0.3),
    duplicates: some(0.2),
    slow: some(0.3),
    faultEvery: 60 + random() * 300,
    faults: {
      crash: random(),
      'crash-leader': random(),
      'crash-all': random() * 0.2,
      pause: random() * 0.5,
      isolate: random(),
      split: random(),
      'one-way': random() * 0.5,
      heal: 0.5 + random(),
    },
    maxEntriesPerAppend: random() < 0.3 ? 1 : 64,
    reign: 0,
  };
}

/** Chooses by weight. */
export function choose<Choice extends string>(weights: Record<Choice, number>, random: Random): Choice {
  const entries = Object.entries(weights) as [Choice, number][];
  let rest = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of entries) {
    rest -= weight;
    if (rest < 0) return choice;
  }
  return entries.at(-1)![0];
}

/** One of them, each as likely. */
export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)]!;
}
