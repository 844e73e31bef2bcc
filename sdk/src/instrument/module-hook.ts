import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';

/** A library to change when the app first loads it, by `import` or by `require`. */
export interface ModuleHookConfig extends InstrumentationConfig {
  readonly module: string;
  /** The versions it was tried with, as semver ranges; others are left alone. */
  readonly versions: string[];
  /**
   * Changes the module's classes. Called once for each way of loading, so it must be safe to repeat. `namespace` is what
   * an `import` sees where that is more than the CommonJS exports below its `default`; else the same as `moduleExports`.
   */
  readonly patch: (moduleExports: unknown, namespace: unknown) => void;
  /** Files inside of the package, such as `amqplib/lib/channel_model.js`, whose exports to change where the package's own do not have them. */
  readonly files?: readonly string[];
}

/**
 * The loading part of an OpenTelemetry instrumentation around one function. Prototypes are changed and never changed
 * back: a patch does nothing without a running SDK.
 */
export class ModuleHook extends InstrumentationBase<ModuleHookConfig> {
  readonly #untested = new Set<string>();
  #onUntested: (version: string) => void = () => undefined;

  constructor(config: ModuleHookConfig) {
    super(`@threadline/sdk/${config.module}`, '0.1.0', config);
  }

  /** Calls the listener once for each version that is loaded and none of the hook's. */
  onUntested(listener: (version: string) => void): void {
    this.#onUntested = listener;
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const { module, versions, patch, files = [] } = this.getConfig();
    const tested = new Set<unknown>();
    const apply = (moduleExports: unknown, version?: string): unknown => {
      tested.add(version);
      patch(defaultOf(moduleExports), moduleExports);
      return moduleExports;
    };
    const look = (moduleExports: unknown, version?: string): unknown => {
      // The two are called one after the other, in either order.
      if (version !== undefined) queueMicrotask(() => tested.has(version) || this.#name(version));
      return moduleExports;
    };
    const any = Object.assign(define(module, ['*'], files, look), { includePrerelease: true });
    return [define(module, versions, files, apply), any];
  }

  #name(version: string): void {
    if (this.#untested.has(version)) return;
    this.#untested.add(version);
    this.#onUntested(version);
  }
}

function define(
  module: string,
  versions: string[],
  files: readonly string[],
  apply: (moduleExports: unknown, version?: string) => unknown,
): InstrumentationNodeModuleDefinition {
  const inner = files.map((file) => new InstrumentationNodeModuleFile(file, versions, apply, () => undefined));
  return new InstrumentationNodeModuleDefinition(module, versions, apply, () => undefined, inner);
}

/** A CommonJS module as it is: an `import` sees it below `default`. A property of that name of its own (winston has one) is not meant. */
function defaultOf(moduleExports: unknown): unknown {
  const isNamespace =
    typeof moduleExports === 'object' && moduleExports !== null && Reflect.get(moduleExports, Symbol.toStringTag) === 'Module';
  return isNamespace ? (Reflect.get(moduleExports, 'default') ?? moduleExports) : moduleExports;
}
