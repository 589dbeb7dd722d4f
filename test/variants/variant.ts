import type { Alteration } from '../alteration.ts';

/** A correct solution of another style. No check may fail it. */
export interface Variant extends Alteration {
  /** What it does differently: "compares term and length as a pair". */
  style: string;
}

/** A variant before it is said of which session and language it is. */
export type Sketch = Omit<Variant, 'session' | 'language'>;
