import { ThreadlineError } from '../errors.ts';
import { translateZipkin } from '../formats/zipkin.ts';
import { LIMITS } from '../otlp/limits.ts';
import { encodingOf } from './content-type.ts';
import { type ForeignRoute, textAnswer } from './foreign-route.ts';

/** Zipkin v2 in JSON. Answered 202 when every span is safe, 400 with the reason when none could be taken. */
export const zipkinRoute: ForeignRoute = {
  paths: ['/api/v2/spans'],
  methods: ['POST'],
  async take(request) {
    if (encodingOf(request.headers['content-type']) !== 'json') {
      throw new ThreadlineError('unsupported_media_type', 'Zipkin spans are taken as application/json');
    }
    const body = await request.readBody({ maxBodyBytes: LIMITS.treeBodyBytes });
    const { acceptedCount, rejectedCount, message } = await request.keep('traces', translateZipkin(body));
    if (rejectedCount === 0) return { status: 202 };
    return { status: acceptedCount > 0 ? 202 : 400, ...textAnswer(message) };
  },
  answerFault: (_status, message) => textAnswer(message),
};
