/**
 * What a team could write by hand for this one service, and the least that any SDK can cost: trace context and correlation
 * ID in and out, two spans with 12 attributes and one log record a request, sent in batches of 512 as OTLP/JSON. Without
 * retries, redaction, limits, errors, or any other library.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import http from 'node:http';
import winston from 'winston';

const running = new AsyncLocalStorage();
const agent = new http.Agent({ keepAlive: true });
const RESOURCE = `"resource":{"attributes":[${text('service.name', 'bench')},${number('process.pid', process.pid)}]}`;
const random = Buffer.alloc(4096);
let used = random.length;

followServer();
followFetch();
followWinston();

const spans = createBatch(
  '/v1/traces',
  (items) => `{"resourceSpans":[{${RESOURCE},"scopeSpans":[{"scope":{"name":"floor"},"spans":[${items}]}]}]}`,
);
const logs = createBatch(
  '/v1/logs',
  (items) => `{"resourceLogs":[{${RESOURCE},"scopeLogs":[{"scope":{"name":"floor"},"logRecords":[${items}]}]}]}`,
);

function createBatch(path, wrap) {
  let items = [];
  let timer;
  const send = () => {
    clearTimeout(timer);
    timer = undefined;
    const body = wrap(items.join(','));
    items = [];
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    running.exit(() => {
      const request = http.request(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + path, { method: 'POST', agent, headers }, (answer) =>
        answer.resume(),
      );
      request.on('error', () => undefined);
      request.end(body);
    });
  };
  return (item) => {
    items.push(item);
    if (items.length === 512) send();
    else timer ??= setTimeout(send, 500).unref();
  };
}

function followServer() {
  const { emit } = http.Server.prototype;
  http.Server.prototype.emit = function (...args) {
    const [event, request, response] = args;
    if (event !== 'request') return Reflect.apply(emit, this, args);
    const parent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(request.headers.traceparent ?? '');
    const traceId = parent?.[1] ?? hex(16);
    const flow = { traceId, spanId: hex(8), id: request.headers['x-correlation-id'] ?? traceId };
    const start = nanos();
    const { socket, headers } = request;
    const path = request.url;
    response.setHeader('x-correlation-id', flow.id);
    response.on('close', () => {
      const route = request.route?.path;
      spans(
        `{"traceId":"${traceId}","spanId":"${flow.spanId}",${parent === null ? '' : `"parentSpanId":"${parent[2]}",`}"name":"${request.method} ${route}","kind":2,` +
          `"startTimeUnixNano":"${start}","endTimeUnixNano":"${nanos()}","attributes":[${text('correlation.id', flow.id)},` +
          `${text('http.request.method', request.method)},${text('url.scheme', 'http')},${text('url.path', path)},` +
          `${text('network.protocol.version', request.httpVersion)},${text('server.address', headers.host)},` +
          `${text('client.address', socket.remoteAddress)},${text('network.peer.address', socket.remoteAddress)},` +
          `${number('network.peer.port', socket.remotePort)},${text('user_agent.original', headers['user-agent'] ?? '')},` +
          `${text('http.route', route)},${number('http.response.status_code', response.statusCode)}],"status":{}}`,
      );
    });
    return running.run(flow, () => Reflect.apply(emit, this, args));
  };
}

function followFetch() {
  const calls = new WeakMap();
  subscribe('undici:request:create', ({ request }) => {
    const flow = running.getStore();
    if (flow === undefined) return;
    const call = { flow, spanId: hex(8), start: nanos(), status: 0 };
    calls.set(request, call);
    request.addHeader('traceparent', `00-${flow.traceId}-${call.spanId}-01`);
    request.addHeader('baggage', `correlation.id=${flow.id}`);
    request.addHeader('x-correlation-id', flow.id);
  });
  subscribe('undici:client:sendHeaders', ({ request, socket }) => {
    const call = calls.get(request);
    if (call !== undefined) call.socket = socket;
  });
  subscribe('undici:request:headers', ({ request, response }) => {
    const call = calls.get(request);
    if (call !== undefined) call.status = response.statusCode;
  });
  subscribe('undici:request:trailers', ({ request }) => {
    const call = calls.get(request);
    if (call === undefined) return;
    const { flow, spanId, start, socket, status } = call;
    spans(
      `{"traceId":"${flow.traceId}","spanId":"${spanId}","parentSpanId":"${flow.spanId}","name":"${request.method}","kind":3,` +
        `"startTimeUnixNano":"${start}","endTimeUnixNano":"${nanos()}","attributes":[${text('correlation.id', flow.id)},` +
        `${text('http.request.method', request.method)},${text('url.full', request.origin + request.path)},` +
        `${text('url.path', request.path)},${text('url.scheme', 'http')},${text('server.address', '127.0.0.1')},` +
        `${number('server.port', socket.remotePort)},${text('network.peer.address', socket.remoteAddress)},` +
        `${number('network.peer.port', socket.remotePort)},${text('network.protocol.version', '1.1')},` +
        `${text('network.transport', 'tcp')},${number('http.response.status_code', status)}],"status":{}}`,
    );
  });
}

function followWinston() {
  const { write } = winston.Logger.prototype;
  winston.Logger.prototype.write = function (info, ...rest) {
    const flow = running.getStore();
    if (flow !== undefined) {
      const { level, message, ...fields } = info;
      const attributes = Object.entries(fields).map(([key, value]) => text(key, String(value)));
      info.trace_id = flow.traceId;
      info.span_id = flow.spanId;
      info.correlation_id = flow.id;
      const now = nanos();
      logs(
        `{"timeUnixNano":"${now}","observedTimeUnixNano":"${now}","severityNumber":9,"severityText":"${level}","body":{"stringValue":${JSON.stringify(message)}},` +
          `"attributes":[${text('correlation.id', flow.id)}${attributes.length === 0 ? '' : ','}${attributes.join(',')}],"traceId":"${flow.traceId}","spanId":"${flow.spanId}"}`,
      );
    }
    return Reflect.apply(write, this, [info, ...rest]);
  };
}

function text(key, value) {
  return `{"key":"${key}","value":{"stringValue":${JSON.stringify(value)}}}`;
}

function number(key, value) {
  return `{"key":"${key}","value":{"intValue":${value}}}`;
}

function hex(bytes) {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return random.toString('hex', used - bytes, used);
}

function nanos() {
  return `${Date.now()}000000`;
}
