/** A kubeconfig that cannot be used. One line: which file, what is wrong, what to do about it. */
export class KubeconfigError extends Error {
  readonly file: string;
  /** What is wrong, e.g. `context "prod" names no cluster`. */
  readonly rule: string;
  readonly remedy: string;

  constructor(file: string, rule: string, remedy: string) {
    super(`${file}: ${rule}; ${remedy}`);
    this.name = 'KubeconfigError';
    this.file = file;
    this.rule = rule;
    this.remedy = remedy;
  }
}
