import type { Sketch } from './variant.ts';

/** Correct in each session about Raft in which somebody is asked. */
export const oneAfterTheOther: Sketch = {
  id: 'one-after-the-other',
  style: 'asks its peers one after the other, and waits for each answer',
  file: 'consensus/shell.ts',
  replace: [
    [
      '    for (const message of effects.send) void this.#ask(message);\n',
      '    void this.#askInTurn(effects.send);\n',
    ],
    [
      '  #working = false;\n',
      '  #working = false;\n\n  async #askInTurn(messages: RaftMessage[]): Promise<void> {\n    for (const message of messages) await this.#ask(message);\n  }\n\n',
    ],
  ],
};
