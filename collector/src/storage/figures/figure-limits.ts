import { type FigureKey, OTHER } from './figures.ts';

/** Of one service. An operation that is not among them is mostly a name with an id in it. */
const MAX_OPERATIONS = 1_000;
const MAX_PEERS = 500;
const MAX_INSTANCES = 500;
/** Each multiplies what is kept of the service. */
const MAX_ENVIRONMENTS = 20;
/** Of one tenant. */
const MAX_SERVICES = 5_000;
/** What was not met for so long makes room for others. */
const IDLE_MILLIS = 60 * 60 * 1_000;
/** No more often is looked for what makes room. */
const TIDY_MILLIS = 60 * 1_000;

/** Names up to a number; those that come when it is reached are others, until some are not met any more. */
export class Names {
  readonly #max: number;
  readonly #lastMet = new Map<string, number>();
  #tidied = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  admits(name: string, now: number): boolean {
    if (this.#lastMet.has(name) || this.#hasRoom(now)) {
      this.#lastMet.set(name, now);
      return true;
    }
    return false;
  }

  #hasRoom(now: number): boolean {
    if (this.#lastMet.size < this.#max) return true;
    if (now - this.#tidied < TIDY_MILLIS) return false;
    this.#tidied = now;
    for (const [name, met] of this.#lastMet) if (now - met >= IDLE_MILLIS) this.#lastMet.delete(name);
    return this.#lastMet.size < this.#max;
  }
}

interface ServiceNames {
  readonly operations: Names;
  readonly peers: Names;
  readonly instances: Names;
  readonly environments: Names;
}

/** Bounds what figures are kept of. First come, first kept: a key whose names are too many becomes the one of the others. */
export class FigureLimits {
  readonly #now: () => number;
  readonly #services = new Map<string, Names>();
  readonly #names = new Map<string, ServiceNames>();

  /** Milliseconds, of whatever clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  bound(tenant: string, key: FigureKey): FigureKey {
    const now = this.#now();
    const service = this.#service(tenant, key.service, now);
    const names = this.#namesOf(tenant, service);
    switch (key.type) {
      case 'service':
        return service === key.service ? key : { ...key, service };
      case 'operation':
        return names.operations.admits(`${key.kind} ${key.name}`, now) ? { ...key, service } : { ...key, service, name: OTHER, kind: 0 };
      case 'call': {
        const caller = this.#service(tenant, key.caller, now);
        const isKept = names.peers.admits(`< ${caller} ${key.protocol} ${key.host}`, now);
        return isKept ? { ...key, service, caller } : { ...key, service, caller: OTHER, protocol: 'other', host: '' };
      }
      case 'peer':
        return names.peers.admits(`> ${key.peerType} ${key.peer} ${key.isSource} ${key.protocol}`, now)
          ? { ...key, service }
          : { ...key, service, peer: OTHER, protocol: 'other', isSource: false };
      case 'instance':
      case 'entry':
      case 'logs':
        return names.instances.admits(`${key.namespace}\n${key.version}\n${key.environment}\n${key.instance}`, now)
          ? { ...key, service }
          : { ...key, service, namespace: '', version: OTHER, environment: '', instance: OTHER };
    }
  }

  /** The name that what is from there is counted under. */
  boundEnvironment(tenant: string, { service, environment }: { readonly service: string; readonly environment: string }): string {
    const now = this.#now();
    const { environments } = this.#namesOf(tenant, this.#service(tenant, service, now));
    return environment === '' || environments.admits(environment, now) ? environment : OTHER;
  }

  #service(tenant: string, service: string, now: number): string {
    let services = this.#services.get(tenant);
    if (!services) {
      services = new Names(MAX_SERVICES);
      this.#services.set(tenant, services);
    }
    return services.admits(service, now) ? service : OTHER;
  }

  #namesOf(tenant: string, service: string): ServiceNames {
    const id = `${tenant} ${service}`;
    let names = this.#names.get(id);
    if (!names) {
      names = {
        operations: new Names(MAX_OPERATIONS),
        peers: new Names(MAX_PEERS),
        instances: new Names(MAX_INSTANCES),
        environments: new Names(MAX_ENVIRONMENTS),
      };
      this.#names.set(id, names);
    }
    return names;
  }
}
