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
  constructor(config: ModuleHookConfig) {
    super(`@threadline/sdk/${config.module}`, '0.1.0', config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const { module, versions, patch, files = [] } = this.getConfig();
    const apply = (moduleExports: unknown): unknown => {
      patch(defaultOf(moduleExports), moduleExports);
      return moduleExports;
    };
    const inner = files.map((file) => new InstrumentationNodeModuleFile(file, versions, apply, () => undefined));
    return [new InstrumentationNodeModuleDefinition(module, versions, apply, () => undefined, inner)];
  }
}

/** A CommonJS module as it is: an `import` sees it below `default`. A property of that name of its own (winston has one) is not meant. */
function defaultOf(moduleExports: unknown): unknown {
  const isNamespace =
    typeof moduleExports === 'object' && moduleExports !== null && Reflect.get(moduleExports, Symbol.toStringTag) === 'Module';
  return isNamespace ? (Reflect.get(moduleExports, 'default') ?? moduleExports) : moduleExports;
}
