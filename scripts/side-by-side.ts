/** What works with live nodes mostly waits, so that a core has room for one more. */
const AT_ONCE = 2;

/**
 * Does the work for every item, two at a time. When one fails nothing new is begun, and what is under way is waited for:
 * it takes down what it has started.
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  work: (item: Item, number: number) => Promise<void>,
): Promise<void> {
  const left = [...items.entries()];
  const worker = async () => {
    try {
      for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
    } finally {
      left.length = 0;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
