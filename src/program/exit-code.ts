/** What the program's exit says. The same numbers for every command. */
export const EXIT = { success: 0, failure: 1, usage: 2, nothingChanged: 3, timedOut: 4, refused: 5, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
