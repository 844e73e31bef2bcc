/** Commands whose first argument is a key. All others are shown without any argument: `AUTH`, `EVAL`, `CONFIG`, unknown ones. */
const KEYED =
  /^(GET|GETSET|GETDEL|GETEX|GETRANGE|GETBIT|SET|SETNX|SETEX|PSETEX|SETRANGE|SETBIT|MGET|MSET|MSETNX|DEL|UNLINK|EXISTS|TYPE|TTL|PTTL|DUMP|RESTORE|RENAME|RENAMENX|COPY|MOVE|TOUCH|PERSIST|P?EXPIRE(AT|TIME)?|INCR(BY|BYFLOAT)?|DECR(BY)?|APPEND|STRLEN|BITCOUNT|BITPOS|BITFIELD|PFADD|PFCOUNT|GEO(ADD|DIST|HASH|POS|SEARCH)|H(SET|SETNX|MSET|GET|GETALL|GETDEL|GETEX|SETEX|MGET|DEL|EXISTS|LEN|KEYS|VALS|SCAN|STRLEN|RANDFIELD|INCRBY|INCRBYFLOAT|P?EXPIRE|P?TTL|PERSIST)|[LR](PUSH|PUSHX|POP)|L(LEN|RANGE|INDEX|SET|REM|TRIM|INSERT|POS|MOVE)|RPOPLPUSH|B[LR]POP|BLMOVE|BRPOPLPUSH|S(ADD|REM|MEMBERS|ISMEMBER|MISMEMBER|CARD|POP|RANDMEMBER|MOVE|SCAN|INTER|UNION|DIFF)|X(ADD|LEN|RANGE|REVRANGE|DEL|TRIM|ACK|CLAIM|AUTOCLAIM|PENDING)|Z(ADD|REM|SCORE|MSCORE|CARD|COUNT|INCRBY|RANGE|RANGEBYSCORE|RANGEBYLEX|REVRANGE|REVRANGEBYSCORE|RANK|REVRANK|POPMIN|POPMAX|SCAN|LEXCOUNT|REMRANGEBYSCORE|REMRANGEBYRANK|RANDMEMBER)|BZPOP(MIN|MAX))$/;
/** More than these say nothing more. */
const MAX_PLACEHOLDERS = 8;
/** A key is a name, not a payload. */
const MAX_KEY_LENGTH = 256;

/** `HSET cart:7 ? ?`: the command, its key, and a `?` for each further argument. Values never appear. */
export function readRedisCommand(name: string, args: readonly unknown[]): string {
  const command = name.toUpperCase();
  const key = KEYED.test(command) ? keyText(args[0]) : undefined;
  const hidden = args.length - (key === undefined ? 0 : 1);
  const shown = Array.from({ length: Math.min(hidden, MAX_PLACEHOLDERS) }, () => '?');
  return [command, ...(key === undefined ? [] : [key]), ...shown, ...(hidden > MAX_PLACEHOLDERS ? ['…'] : [])].join(' ');
}

function keyText(key: unknown): string | undefined {
  const text = Buffer.isBuffer(key) ? key.toString() : key;
  return typeof text === 'string' && text !== '' ? text.slice(0, MAX_KEY_LENGTH) : undefined;
}

/** The code that Redis puts before an error's text: `WRONGTYPE`, `NOSCRIPT`, `ERR`. */
export function redisErrorCode(error: unknown): string | undefined {
  return error instanceof Error ? /^([A-Z][A-Z0-9_]*) /.exec(error.message)?.[1] : undefined;
}
