/** A library to change when the app loads it, by `import` or by `require`. */
export interface ModuleHook {
  /** A package, or one of Node's own modules; with `node:` where it has no other name. */
  readonly module: string;
  /** The versions it was tried with; others, and versions before a release, are left alone. Undefined for Node's own modules. */
  readonly versions?: VersionRange;
  /**
   * Files inside of the package, such as `amqplib/lib/channel_model.js`, whose exports to change beside those of its main
   * CommonJS file: where that one does not have them, and those that an `import` is given in the place of it.
   */
  readonly files?: readonly string[];
  /** It publishes what it does: without the hook less is known of it, and nothing is lost. */
  readonly isSeenAnyway?: boolean;
  /** Most packages that bring it want something else of it: one that is not followed is named to nobody. */
  readonly isForMoreThanThis?: boolean;
  /**
   * Changes the module's classes, and never back: a patch does nothing without a running SDK. Called once for each way of
   * loading and for each file, so it must be safe to repeat. `namespace` is what an `import` sees where that is more than the
   * CommonJS exports below its `default`; else the same as `moduleExports`.
   */
  readonly patch: (moduleExports: unknown, namespace: unknown) => void;
}

export interface VersionRange {
  /** Three numbers with dots. */
  readonly least: string;
  /** The first major version that was not tried. */
  readonly below: number;
}

/** As npm writes it. */
export function formatRange({ least, below }: VersionRange): string {
  return `>=${least} <${below}`;
}

/** Whether a version is a release within the range. */
export function isInRange(version: string, { least, below }: VersionRange): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:\+.*)?$/.exec(version)?.slice(1).map(Number);
  if (parts === undefined || (parts[0] ?? 0) >= below) return false;
  for (const [index, number] of least.split('.').entries()) {
    const own = parts[index] ?? 0;
    if (own !== Number(number)) return own > Number(number);
  }
  return true;
}
