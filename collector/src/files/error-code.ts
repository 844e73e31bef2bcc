/** The system's name for what went wrong, as `ENOSPC`; `unknown` of what is no error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** Whether the disk, or its user's share of it, has no room: the system's names for it. */
export function isNoRoom(code: string): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}
