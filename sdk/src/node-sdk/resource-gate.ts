import type { ItemSink } from '../export/queue-processors.ts';
import { clearTimeout, setTimeout } from '../own-timers.ts';
import type { Resource } from '../traces/span-types.ts';

/** What may wait of a signal until the resource is known; beyond it all goes on with what is known of it. */
const MAX_HELD_ITEMS = 8192;

/** OpenTelemetry's own resource: some of its attributes, as those of a cloud, are found out while the app runs already. */
interface PendingResource {
  readonly asyncAttributesPending: true;
  waitForAsyncAttributes(): Promise<void>;
}

/** Holds items back until their resource is known, which is the same for all of a process. */
export class ResourceGate {
  readonly #releases: (() => void)[] = [];
  #settled: Promise<void> | undefined;

  /** A sink before this one. Items go on in their order, at once when their resource is known. */
  before<One extends { readonly resource: Resource }>(sink: ItemSink<One>): ItemSink<One> {
    const held: One[] = [];
    const release = (): void => {
      for (const item of held.splice(0)) sink.add(item);
    };
    this.#releases.push(release);
    return {
      add: (item) => {
        const { resource } = item;
        if (!isPending(resource)) {
          release();
          sink.add(item);
          return;
        }
        held.push(item);
        if (held.length > MAX_HELD_ITEMS) release();
        // Rejected or not: more will not be known.
        this.#settled ??= resource.waitForAsyncAttributes().then(
          () => this.release(),
          () => this.release(),
        );
      },
    };
  }

  /** Lets go of what is held, as soon as the resource is known, after this time at the latest. Never rejects. */
  async releaseWithin(timeoutMillis: number): Promise<void> {
    if (this.#settled === undefined) return;
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, timeoutMillis);
    await Promise.race([this.#settled, deadline.promise]);
    clearTimeout(timer);
    this.release();
  }

  /** Lets go of what is held. */
  release(): void {
    for (const release of this.#releases) release();
  }
}

function isPending(resource: Resource | PendingResource): resource is PendingResource {
  return 'asyncAttributesPending' in resource && resource.asyncAttributesPending === true && 'waitForAsyncAttributes' in resource;
}
