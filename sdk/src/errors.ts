/** What a setting or an argument must be, in one line that names it. Thrown by `start()`, `threadline()` and `correlation.run()`; never carries a secret. */
export class ThreadlineError extends Error {
  readonly code:
    | 'unsupported_node'
    | 'invalid_setting'
    | 'unknown_setting'
    | 'already_running'
    | 'invalid_correlation_id'
    | 'winston_missing';

  constructor(code: ThreadlineError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ThreadlineError';
    this.code = code;
  }
}
