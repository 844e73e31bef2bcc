/** The system's name for what went wrong, as `ENOSPC`; `unknown` of what is no error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
