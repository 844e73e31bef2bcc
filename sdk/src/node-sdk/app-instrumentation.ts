/** OpenTelemetry's shape of an instrumentation, as far as a `NodeSDK` uses it. */
export interface AppInstrumentation {
  instrumentationName: string;
  instrumentationVersion: string;
  enable(): void;
  disable(): void;
  setTracerProvider(): void;
  setMeterProvider(): void;
  setConfig(): void;
  getConfig(): { enabled?: boolean };
}

/** All that we follow as one instrumentation. Nothing is followed until a `NodeSDK` that has it starts. */
export function createAppInstrumentation(follow: () => () => void): AppInstrumentation {
  let stop: (() => void) | undefined;
  return {
    instrumentationName: '@threadline/sdk',
    instrumentationVersion: '0.1.0',
    enable() {
      stop ??= follow();
    },
    disable() {
      stop?.();
      stop = undefined;
    },
    // The global ones are asked for each span, record and message.
    setTracerProvider: () => undefined,
    setMeterProvider: () => undefined,
    setConfig: () => undefined,
    // Else a NodeSDK takes it for one that has enabled itself.
    getConfig: () => ({ enabled: false }),
  };
}
