import type { Alteration } from '../alteration.ts';

/** A plausible wrong solution: the right one with a mistake that people make. Some check must catch it. */
export interface Mutant extends Alteration {
  /** The mistake in a learner's words: "asks again with a new id each time". */
  mistake: string;
}
