import type { Language } from '../src/course/languages.ts';

/** The complete solution of a session, with some text replaced. */
export interface Alteration {
  /** Kebab case, unique in its session and language. */
  id: string;
  session: number;
  language: Language;
  /** File under the language's code folder: `messaging/retry.ts`. */
  file: string;
  /** Each text must occur exactly once in the session's complete solution; it is replaced by the other. */
  replace: readonly (readonly [text: string, by: string])[];
}
