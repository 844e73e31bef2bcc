import { InstrumentationBase, type InstrumentationConfig, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';

/** A library to change when the app first loads it, by `import` or by `require`. */
export interface ModuleHookConfig extends InstrumentationConfig {
  readonly module: string;
  /** The versions it was tried with, as semver ranges; others are left alone. */
  readonly versions: string[];
  /** Changes the module's classes. Called once for each way of loading, so it must be safe to repeat. */
  readonly patch: (moduleExports: unknown) => void;
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
    const { module, versions, patch } = this.getConfig();
    const apply = (moduleExports: unknown): unknown => {
      patch(defaultOf(moduleExports));
      return moduleExports;
    };
    return [new InstrumentationNodeModuleDefinition(module, versions, apply, () => undefined)];
  }
}

/** A CommonJS module as it is: an `import` sees it below `default`. A property of that name of its own (winston has one) is not meant. */
function defaultOf(moduleExports: unknown): unknown {
  const isNamespace =
    typeof moduleExports === 'object' && moduleExports !== null && Reflect.get(moduleExports, Symbol.toStringTag) === 'Module';
  return isNamespace ? (Reflect.get(moduleExports, 'default') ?? moduleExports) : moduleExports;
}
