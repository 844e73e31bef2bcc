import { Names } from '../figures/figure-limits.ts';
import { MAX_ERROR_GROUPS, OTHER_ERRORS, type OtherErrors } from './errors.ts';

/** Services whose groups are kept apart at once. */
const MAX_SERVICES = 5_000;
const MAX_EXAMPLES = 3;

interface Service {
  readonly groups: Names;
  count: number;
  readonly examples: Set<string>;
}

/** Bounds what errors are kept apart of: first come, first kept, until some are not met any more. */
export class ErrorLimits {
  readonly #now: () => number;
  readonly #services = new Map<string, Service>();

  /** Milliseconds, of whatever clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The fingerprint that one is kept under. */
  bound(tenant: string, service: string, error: { readonly fingerprint: string; readonly type: string }): string {
    const id = `${tenant}\n${service}`;
    let own = this.#services.get(id);
    if (!own) {
      if (this.#services.size >= MAX_SERVICES) return OTHER_ERRORS;
      own = { groups: new Names(MAX_ERROR_GROUPS), count: 0, examples: new Set() };
      this.#services.set(id, own);
    }
    if (own.groups.admits(error.fingerprint, this.#now())) return error.fingerprint;
    own.count += 1;
    if (own.examples.size < MAX_EXAMPLES) own.examples.add(error.type);
    return OTHER_ERRORS;
  }

  /** What found no room, most first. */
  others(): OtherErrors[] {
    return [...this.#services]
      .flatMap(([id, { count, examples }]) => {
        const [tenant = '', service = ''] = id.split('\n', 2);
        return count === 0 ? [] : [{ tenant, service, count, examples: [...examples] }];
      })
      .sort((left, right) => right.count - left.count);
  }
}
