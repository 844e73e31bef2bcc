import { sendOtlp } from './send-otlp.ts';

type Json = Readonly<Record<string, unknown>>;

/** Groups of the service that has more of them than a page shows. */
export const WILD_GROUPS = 260;
const MINUTE_MILLIS = 60_000;

const NODE_STACK = `CardDeclined: card 4 was declined
    at charge (/app/dist/charge.js:41:11)
    at async pay (/app/dist/pay.js:12:3)
    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)
    at next (/app/node_modules/express/lib/router/route.js:144:13)
    at Route.dispatch (/app/node_modules/express/lib/router/route.js:114:3)
    at checkout (/app/dist/routes/checkout.js:30:9)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;
const PYTHON_STACK = `Traceback (most recent call last):
  File "/srv/mailer/main.py", line 21, in deliver
    return send(message)
           ^^^^^^^^^^^^^
  File "/usr/lib/python3.11/smtplib.py", line 255, in connect
    raise SMTPServerDisconnected("no answer")
smtplib.SMTPServerDisconnected: no answer`;

/** What a service met: some calls of it failed. */
interface Failure {
  readonly service: string;
  readonly version: string;
  readonly operation: string;
  readonly type: string;
  readonly message: (call: number) => string;
  readonly stack: string;
  /** Minutes before the end, of each call. */
  readonly minutes: readonly number[];
  /** A log says it too. */
  readonly isLogged?: boolean;
}

const minutes = (from: number, to: number): number[] => Array.from({ length: from - to }, (_, index) => from - index);
const CARD = { operation: 'POST /charge', type: 'CardDeclined', message: (call: number) => `card ${call} was declined`, stack: NODE_STACK };

const FAILURES: readonly Failure[] = [
  { service: 'payments', version: '1.5.0', ...CARD, minutes: minutes(6, 0), isLogged: true },
  {
    service: 'payments',
    version: '1.4.0',
    operation: 'GET /cards',
    type: 'TypeError',
    message: () => "Cannot read properties of undefined (reading 'card')",
    stack: "TypeError: Cannot read properties of undefined (reading 'card')\n    at list (/app/dist/cards.js:7:20)",
    minutes: minutes(14, 1),
  },
  {
    service: 'mailer',
    version: '0.9.1',
    operation: 'deliver mail',
    type: 'smtplib.SMTPServerDisconnected',
    message: () => 'no answer',
    stack: PYTHON_STACK,
    minutes: [10, 9, 3],
  },
  {
    service: 'orders',
    version: '',
    operation: 'POST /orders',
    type: 'Error',
    message: (call) => `connect ECONNREFUSED 10.0.0.${call}:5432`,
    stack: '',
    minutes: [12, 11],
  },
];

/** Sends errors of the last quarter of an hour: those of a few services, and where it is asked for a service with very many. */
export async function seedErrors({
  otlpHttp,
  endMillis,
  isWild = false,
}: {
  otlpHttp: string;
  endMillis: number;
  isWild?: boolean;
}): Promise<void> {
  let ids = 0;
  const nextId = (digits: number): string => {
    ids += 1;
    return ids.toString(16).padStart(digits, '0');
  };
  for (const { service, version, operation, type, message, stack, minutes: times, isLogged } of FAILURES) {
    const calls = times.map((before, call) => {
      const millis = endMillis - before * MINUTE_MILLIS;
      const ofCall = { traceId: nextId(32), spanId: nextId(16) };
      const attributes = exceptionOf(type, message(call), stack);
      return { millis, ofCall, attributes, correlation: [attribute('correlation.id', `order-${service}-${call}`)] };
    });
    await sendOtlp(otlpHttp, 'traces', {
      resourceSpans: [
        {
          resource: resourceOf(service, version),
          scopeSpans: [
            {
              spans: calls.map(({ millis, ofCall, attributes, correlation }) => ({
                ...ofCall,
                name: operation,
                kind: 2,
                startTimeUnixNano: nanos(millis),
                endTimeUnixNano: nanos(millis + 40),
                attributes: correlation,
                status: { code: 2 },
                events: [{ timeUnixNano: nanos(millis + 20), name: 'exception', attributes }],
              })),
            },
          ],
        },
      ],
    });
    if (isLogged)
      await postLogs(otlpHttp, {
        service,
        version,
        records: calls.map(({ millis, ofCall, attributes, correlation }) => ({
          ...ofCall,
          timeUnixNano: nanos(millis + 21),
          severityNumber: 17,
          body: { stringValue: 'charge failed' },
          attributes: [...attributes, ...correlation],
        })),
      });
  }
  if (!isWild) return;
  const records = Array.from({ length: WILD_GROUPS }, (_, number) => ({
    timeUnixNano: nanos(endMillis - MINUTE_MILLIS - number),
    severityNumber: 17,
    attributes: exceptionOf(
      `com.example.wild.Failure${number}WithAVeryLongNameThatGoesOnAndOn`,
      `${'something went very wrong, '.repeat(20)} ${number}`,
      '',
    ),
  }));
  await postLogs(otlpHttp, { service: 'wild', version: '1', records });
}

function postLogs(
  otlpHttp: string,
  { service, version, records }: { service: string; version: string; records: readonly Json[] },
): Promise<void> {
  return sendOtlp(otlpHttp, 'logs', { resourceLogs: [{ resource: resourceOf(service, version), scopeLogs: [{ logRecords: records }] }] });
}

function exceptionOf(type: string, message: string, stack: string): Json[] {
  return [
    attribute('exception.type', type),
    attribute('exception.message', message),
    ...(stack === '' ? [] : [attribute('exception.stacktrace', stack)]),
  ];
}

function resourceOf(service: string, version: string): Json {
  return { attributes: [attribute('service.name', service), ...(version === '' ? [] : [attribute('service.version', version)])] };
}

function attribute(key: string, stringValue: string): Json {
  return { key, value: { stringValue } };
}

function nanos(millis: number): string {
  return `${Math.floor(millis)}000000`;
}
