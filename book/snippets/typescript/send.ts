/**
 * Sends one message until a reply comes or the deadline is over. Every attempt carries the same message with
 * the same id, so that the peer can tell a copy from a new message.
 *
 * @param deadlineMs how long the client will wait, from now
 * @returns the reply and the number of attempts it took
 * @throws DeadlinePassed when there is no time left for another attempt; whatever `attempt` throws but NoAnswer
 */
export async function sendWithRetry(
  message: Message,
  attempt: Attempt,
  timing: Timing,
  deadlineMs: number,
): Promise<{ reply: unknown; attempts: number }> {
  const deadline = performance.now() + deadlineMs;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const timeLeft = deadline - performance.now();
      const reply = await attempt(message, Math.min(timing.attemptTimeoutMs, timeLeft));
      return { reply, attempts };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    const pause = backoffMs(attempts - 1, timing);
    if (performance.now() + pause >= deadline) throw new DeadlinePassed(attempts);
    await sleep(pause);
  }
}
