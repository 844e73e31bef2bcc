import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logRecord, span } from './record-fixtures.ts';
import { isSecretList, isSecretName } from './secret-names.ts';
import { DEFAULT_PATTERNS, REDACTED, SHARE_PATTERNS } from './share-patterns.ts';
import { createShareRedactor, type ShareRules } from './share-redaction.ts';

const rules = (fields: Partial<ShareRules> = {}): ShareRules => ({
  patterns: DEFAULT_PATTERNS,
  names: [],
  texts: [],
  leftOut: new Set(),
  ...fields,
});
const hide = (text: string, fields: Partial<ShareRules> = {}) => createShareRedactor(rules(fields)).text(text);

describe('isSecretName', () => {
  it.each(['db.password', 'http.request.header.authorization', 'x-api-key', 'accessToken', 'SESSION_ID', 'user.PIN'])('knows %s', (key) => {
    expect(isSecretName(key, [])).toBe(true);
  });

  it.each(['http.route', 'tokens.count', 'keyboard', 'passwordless.enabled', 'service.name', 'key'])('leaves %s', (key) => {
    expect(isSecretName(key, [])).toBe(false);
  });

  // What the SDK hides, as its own test has it (sdk/src/redaction/secret-names.test.ts).
  it.each([
    ['Authorization', 'proxy-authorization', 'http.request.header.authorization', 'headers[Authorization]'],
    ['cookie', 'Set-Cookie', 'http.response.header.set_cookie', 'cookies'],
    ['password', 'user.password', 'DB_PASSWORD', 'passwd', 'newPwd', 'pwd', 'passphrase', '_password_', 'password-', 'dbpassword'],
    ['token', 'accessToken', 'refresh_token', 'x-csrf-token', 'id.token', 'accesstoken'],
    ['api_key', 'X-Api-Key', 'apiKey', 'clientSecret', 'clientsecret', 'aws.secret_access_key', 'aws.access_key_id', 'privateKey'],
    ['auth', 'sid', 'sessionId', 'cvv', 'credentials', 'jwt'],
    ['pass', 'dbPass', 'DB_PASS', 'smtp-pass', 'SMTP.pass', 'user_pin', 'cardCvv', 'sms_otp'],
    ['password_confirmation', 'passwordConfirmation', 'passwordConfirm', 'password_confirm', 'password_repeat', 'passwordHash'],
    ['password2', 'new_password_1', 'authToken2'],
  ])('hides what the SDK hides: %s', (...keys) => {
    expect(keys.filter((key) => !isSecretName(key, []))).toEqual([]);
  });

  it.each([
    ['author', 'authority', 'cookieBanner', 'tokens', 'inputTokens', 'tokenCount', 'passwordless'],
    ['key', 'sort.key', 'design', 'signature', 'preside', 'shipping', 'pinned', ''],
    ['bypass', 'compass', 'COMPASS', 'byPassenger', 'spin', 'shipPin2', 'auth0', 'oauth2', 'sha1', '42'],
    ['password_changed_at', 'password_reset_at', 'passwordStrength', 'passwords', 'apiKeys', 'max_tokens', 'tokens_used', 'token_count'],
  ])('leaves what the SDK leaves: %s', (...keys) => {
    expect(keys.filter((key) => isSecretName(key, []))).toEqual([]);
  });

  it('knows lists of secrets, which may be counts too', () => {
    const lists = [
      'passwords',
      'tokens',
      'db.secrets',
      'apiKeys',
      'API_KEYS',
      'accessTokens',
      'prompt_tokens',
      'sessionIds',
      'passphrases',
    ];
    expect(lists.filter((key) => !isSecretList(key))).toEqual([]);
    expect(['token', 'keys', 'token_count', 'tokens_used', 'cookies', 'status', ''].filter(isSecretList)).toEqual([]);
  });

  it('takes further names, with *, for the whole key or its last part', () => {
    expect(isSecretName('user.iban_number', ['*iban*'])).toBe(true);
    expect(isSecretName('user.mrn', ['mrn'])).toBe(true);
    expect(isSecretName('user.mrnx', ['mrn', ''])).toBe(false);
  });
});

describe('createShareRedactor', () => {
  it.each([
    ['password=hunter2 next', `password=${REDACTED} next`],
    ['{"db_password": "a\\"b", "n": 1}', `{"db_password": ${REDACTED}, "n": 1}`],
    ['Authorization: Bearer abcdef', `Authorization: ${REDACTED}`],
    ['sent Bearer abc.def-123', `sent Bearer ${REDACTED}`],
    ['jwt is eyJhbGciOiJI.eyJzdWIi.c2ln', `jwt is ${REDACTED}`],
    ['sk_live_4711abc and AKIAABCDEFGHIJKLMNOP', `${REDACTED} and ${REDACTED}`],
    ['postgres://app:secret@db/shop', `postgres://${REDACTED}@db/shop`],
    ['to mina.kim@example.co.kr, soon', `to ${REDACTED}, soon`],
    ['card 4111 1111 1111 1111.', `card ${REDACTED}.`],
    ['/pay?token=abc&x=1', `/pay?token=${REDACTED}&x=1`],
    ['error: password=hunter2', `error: password=${REDACTED}`],
    ['{"accessToken" : "abc"}', `{"accessToken" : ${REDACTED}}`],
    ['payload "{\\"password\\":\\"hunter2\\"}"', `payload "{\\"password\\":${REDACTED}}"`],
    ['Authorization: Digest username="bob", response="beef"\nHost: x', `Authorization: ${REDACTED}\nHost: x`],
    ['proxy-authorization: Negotiate abc987 sent', `proxy-authorization: ${REDACTED} sent`],
    ['Cookie: a=1; session=abc; b=2', `Cookie: ${REDACTED}`],
    ['node app --db-password hunter2 --port 1', `node app --db-password ${REDACTED} --port 1`],
    ['node app --db-password=hunter2 --port 1', `node app --db-password=${REDACTED} --port 1`],
    ['curl -u bob:hunter2 https://x.io', `curl -u ${REDACTED} https://x.io`],
    ['https://x.io/a?key=abcdefgh1&page=2', `https://x.io/a?key=${REDACTED}&page=2`],
    ['/blob?sv=1&sig=abcdefgh%2B&X-Amz-Signature=0123456789', `/blob?sv=1&sig=${REDACTED}&X-Amz-Signature=${REDACTED}`],
    ['postgres://app:p@ss@db/shop', `postgres://${REDACTED}@db/shop`],
    ['AccountKey=abc==;Name=x', `AccountKey=${REDACTED};Name=x`],
    ['sk-proj-abcdefghijklmnopqrstuvwx and npm_abcdefghijklmnopqrstuvwxyz0123456789', `${REDACTED} and ${REDACTED}`],
    ['/u?email=bob%40example.com', `/u?email=${REDACTED}`],
    ['to jörg@münchen.de', `to ${REDACTED}`],
    ['card_4111111111111111 is gone', `card_${REDACTED} is gone`],
    ['from DE89 3704 0044 0532 0130 00 paid', `from ${REDACTED} paid`],
    ['ssn 123-45-6789, 900101-1234567', `ssn ${REDACTED}, ${REDACTED}`],
    ['pass=hunter2 DB_PASS: hunter2 pwd: x', `pass=${REDACTED} DB_PASS: ${REDACTED} pwd: ${REDACTED}`],
    ['{"pass":"hunter","passphrase":"a b c"}', `{"pass":${REDACTED},"passphrase":${REDACTED}}`],
    [
      'passwordConfirmation=a&password_confirm=b&password2=c',
      `passwordConfirmation=${REDACTED}&password_confirm=${REDACTED}&password2=${REDACTED}`,
    ],
    ['{"passwords":["a b","c"],"n":1}', `{"passwords":${REDACTED},"n":1}`],
    ['{\\"tokens\\":[\\"abc\\"]}', `{\\"tokens\\":${REDACTED}}`],
    ['tokens=abc, api_keys: k1', `tokens=${REDACTED}, api_keys: ${REDACTED}`],
    ['"password": ["a", "b"]', `"password": ${REDACTED}`],
    ['sid=abcdef', `sid=${REDACTED}`],
    ['node app --db-pass hunter2 --api-keys k1,k2', `node app --db-pass ${REDACTED} --api-keys ${REDACTED}`],
  ])('hides in %s', (text, expected) => {
    expect(hide(text)).toBe(expected);
  });

  it.each([
    'order 1234567890123456',
    '2026-11-26 18:00:00',
    '10.0.0.4:8080',
    'pinned to 5',
    'a@b',
    'GET /orders/17',
    'auth: failed',
    '/a?code=500',
    'DE12345678 sent',
    '--name bob --key-prefix a',
    'tokenizer: fast',
    'tokens: 512, max_tokens=4096, "prompt_tokens": [12, 13]',
    'tokens_used: 512, password_reset_at=2026-11-26',
    'bypass: on, compass=north',
    'second pass: done, passwords: rotated',
    '--max-tokens 512',
  ])('leaves %s', (text) => {
    expect(hide(text)).toBe(text);
  });

  it('hides addresses and texts of the reader’s where that is asked for', () => {
    expect(hide('10.0.0.4 and fe80:0:0:0:1', { patterns: ['addresses'] })).toBe(`${REDACTED} and ${REDACTED}`);
    expect(hide('ACME (acme) pays', { texts: ['Acme ('] })).toBe(`${REDACTED}acme) pays`);
  });

  it('looks into everything that a record holds, leaves ids and times, and counts', () => {
    const redactor = createShareRedactor(rules({ leftOut: new Set(['user.note']) }));
    const secret = 'mina@example.com';
    const redacted = redactor.redact(
      span({
        spanId: 's1',
        name: `GET /users/${secret}`,
        traceState: `x=${secret}`,
        status: { code: 2, message: secret },
        attributes: [
          { key: 'user.note', value: { stringValue: secret } },
          { key: 'db.password', value: { kvlistValue: { values: [{ key: 'a', value: { stringValue: 'b' } }] } } },
          {
            key: secret,
            value: { arrayValue: { values: [{ stringValue: secret }, { intValue: '4111111111111111' }, { bytesValue: btoa(secret) }] } },
          },
        ],
        events: [{ timeUnixNano: '1', name: secret, attributes: [{ key: 'e', value: { stringValue: secret } }] }],
        links: [{ traceId: 't', spanId: 's', attributes: [{ key: 'l', value: { stringValue: secret } }] }],
        scope: { name: secret, attributes: [] },
      }),
    );
    expect(JSON.stringify(redacted)).not.toMatch(/mina|4111|bWluY/);
    expect(redacted).toMatchObject({
      spanId: 's1',
      traceId: 't',
      startTimeUnixNano: '1000',
      attributes: [{ key: 'db.password' }, { key: REDACTED }],
    });
    expect(redactor.counts).toMatchObject({ leftOut: 1, hidden: { name: 1, cards: 1 } });
    const body = redactor.redact(logRecord({ body: { kvlistValue: { values: [{ key: 'pin', value: { intValue: '1' } }] } } })).body;
    expect(body).toEqual({ kvlistValue: { values: [{ key: 'pin', value: { stringValue: REDACTED } }] } });
  });

  it('hides texts, and not numbers, under names of several secrets', () => {
    const redactor = createShareRedactor(rules());
    const { attributes } = redactor.redact({
      attributes: [
        { key: 'tokens', value: { intValue: '512' } },
        { key: 'usage.prompt_tokens', value: { arrayValue: { values: [{ intValue: '5' }, { doubleValue: 0.5 }] } } },
        {
          key: 'apiKeys',
          value: {
            arrayValue: { values: [{ stringValue: 'k1' }, { kvlistValue: { values: [{ key: 'a', value: { stringValue: 'k2' } }] } }] },
          },
        },
        { key: 'passwords', value: { stringValue: 'hunter two' } },
      ],
    });
    const hidden = { stringValue: REDACTED };
    expect(attributes.map(({ value }) => value)).toEqual([
      { intValue: '512' },
      { arrayValue: { values: [{ intValue: '5' }, { doubleValue: 0.5 }] } },
      { arrayValue: { values: [hidden, { kvlistValue: { values: [{ key: 'a', value: hidden }] } }] } },
      hidden,
    ]);
    expect(redactor.counts.hidden.name).toBe(3);
  });

  it('hides what follows a secret name in a list, and in an address without its question mark', () => {
    const list = (...values: string[]) => ({ arrayValue: { values: values.map((stringValue) => ({ stringValue })) } });
    const { attributes } = createShareRedactor(rules()).redact({
      attributes: [
        { key: 'process.command_args', value: list('--password', 'hunter2', '--port', '1') },
        { key: 'raw_headers', value: list('Authorization', 'abc', 'Host', 'x') },
        { key: 'url.query', value: { stringValue: 'key=abcdefgh1&page=2' } },
      ],
    });
    expect(attributes.map(({ value }) => value)).toEqual([
      list('--password', REDACTED, '--port', '1'),
      list('Authorization', REDACTED, 'Host', 'x'),
      { stringValue: `key=${REDACTED}&page=2` },
    ]);
  });

  it.each([
    'x',
    'a-',
    'a.',
    'a%',
    'token',
    'token=',
    '--token ',
    'cookie: a; ',
    'AA11 ',
    'eyJ-',
    '1 ',
    '://',
    '":',
    'Bearer ',
    'tokens=[',
    'passwords: [a,',
  ])('is done with a megabyte of %j as with any other', (unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    expect(hide(text, { patterns: SHARE_PATTERNS }).length).toBeGreaterThan(0);
  });

  it('leaves nothing of a planted secret, wherever it stands in a text', () => {
    const secrets = ['mina.kim@example.com', 'sk_live_planted1', 'eyJhbGciOiJI.eyJzdWIi.c2ln', 'password=hunter2', '4111-1111-1111-1111'];
    const around = fc
      .array(fc.constantFrom(' ', ', ', '\n', '"', '(', ')', '; ', 'word '), { maxLength: 4 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(around, fc.constantFrom(...secrets), around, (before, secret, after) => {
        expect(hide(`${before} ${secret} ${after}`, { patterns: SHARE_PATTERNS })).not.toContain(secret.slice(-7));
      }),
    );
  });
});
