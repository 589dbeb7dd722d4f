import type { Language } from '../../src/course/languages.ts';

/** A plausible wrong solution: the right one with a mistake that people make. Some check must catch it. */
export interface Mutant {
  /** Kebab case, unique in its session and language. */
  id: string;
  session: number;
  language: Language;
  /** The mistake in a learner's words: "asks again with a new id each time". */
  mistake: string;
  /** File under the language's code folder: `messaging/retry.ts`. */
  file: string;
  /** Each text must occur exactly once in the session's complete solution; it is replaced by the other. */
  replace: readonly (readonly [text: string, by: string])[];
}
