import { ThreadlineError } from '../errors.ts';
import { translateLokiJson, translateLokiProtobuf } from '../formats/loki.ts';
import { unpackSnappy } from '../formats/snappy.ts';
import { LIMITS } from '../otlp/limits.ts';
import { encodingOf } from './content-type.ts';
import { type ForeignRoute, textAnswer } from './foreign-route.ts';

const answerFault: ForeignRoute['answerFault'] = (_status, message) => textAnswer(message);

/** Loki's push, in JSON or as a block of Snappy with protobuf in it. Answered 204 when every line is safe. */
const pushRoute: ForeignRoute = {
  paths: ['/loki/api/v1/push'],
  methods: ['POST'],
  async take(request) {
    const encoding = encodingOf(request.headers['content-type']);
    const maxBodyBytes = LIMITS.treeBodyBytes;
    if (encoding === undefined) {
      throw new ThreadlineError('unsupported_media_type', 'Loki pushes are taken as application/json or application/x-protobuf');
    }
    // Protobuf is always a block of Snappy; senders differ in whether they say so.
    const body = await request.readBody({ maxBodyBytes, ...(encoding === 'protobuf' && { isPacked: true }) });
    const otlp = encoding === 'json' ? translateLokiJson(body) : translateLokiProtobuf(unpackSnappy(body, maxBodyBytes));
    await request.keep('logs', otlp);
    return { status: 204 };
  },
  answerFault,
};

/** What Vector asks before it sends. */
const readyRoute: ForeignRoute = {
  paths: ['/ready'],
  methods: ['GET', 'HEAD'],
  take: async () => ({ status: 200, ...textAnswer('ready') }),
  answerFault,
};

export const LOKI_ROUTES: readonly ForeignRoute[] = [pushRoute, readyRoute];
