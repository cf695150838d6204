/** Asked before objects are taken: there are, or will be, so many of the kind. Throws `OverBudget`. */
export type Admission = (objects: number) => void;

export const everybody: Admission = () => {};

/** There is no room in memory for this kind. */
export class OverBudget extends Error {}
