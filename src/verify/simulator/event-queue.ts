interface Scheduled {
  at: number;
  order: number;
  run(): void;
}

/** What is going to happen, by time; what is due at the same time happens in the order in which it was scheduled. */
export class EventQueue {
  readonly #heap: Scheduled[] = [];
  #scheduled = 0;
  /** ms of simulated time. */
  now = 0;

  /** @param delay ms from now */
  schedule(delay: number, run: () => void): void {
    const event = { at: this.now + delay, order: this.#scheduled++, run };
    const heap = this.#heap;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  /** Lets the next thing happen, if it is due by then. */
  runNext(until: number): boolean {
    const first = this.#heap[0];
    if (first === undefined || first.at > until) return false;
    this.#removeFirst();
    this.now = first.at;
    first.run();
    return true;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (child >= heap.length || !isBefore(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
  }
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
