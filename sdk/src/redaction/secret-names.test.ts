import { describe, expect, it } from 'vitest';
import { createSecretNames } from './secret-names.ts';

describe('createSecretNames', () => {
  const { isSecret, isSecretList, isSecretParameter, isSecretHeader } = createSecretNames([]);

  it.each([
    ['Authorization', 'proxy-authorization', 'http.request.header.authorization', 'headers[Authorization]'],
    ['cookie', 'Set-Cookie', 'http.response.header.set_cookie', 'cookies'],
    ['password', 'user.password', 'DB_PASSWORD', 'passwd', 'newPwd', 'passphrase', '_password_', 'password-'],
    ['token', 'accessToken', 'refresh_token', 'x-csrf-token', 'id.token'],
    ['api_key', 'X-Api-Key', 'apiKey', 'clientSecret', 'aws.secret_access_key', 'privateKey'],
    ['auth', 'sid', 'sessionId', 'cvv', 'credentials', 'jwt'],
    ['pass', 'dbPass', 'DB_PASS', 'smtp-pass', 'SMTP.pass', 'user_pin', 'cardCvv', 'sms_otp'],
    ['password_confirmation', 'passwordConfirm', 'password_repeat', 'password2', 'new_password_1', 'authToken2'],
  ])('hides what belongs to %s', (...names) => {
    expect(names.filter((name) => !isSecret(name))).toEqual([]);
  });

  it.each([
    ['author', 'authority', 'cookieBanner', 'tokens', 'inputTokens', 'tokenCount', 'passwordless'],
    ['key', 'sort.key', 'design', 'signature', 'preside', 'shipping', 'pinned', 'session.id', ''],
    ['bypass', 'COMPASS', 'byPassenger', 'spin', 'shipPin2', 'twilio_account_sid', 'needsAuth', 'auth0', 'oauth2', 'sha1', '42'],
    ['password_changed_at', 'passwordStrength', 'passwords', 'apiKeys', 'max_tokens', 'token_count'],
  ])('leaves %s alone', (...names) => {
    expect(names.filter(isSecret)).toEqual([]);
  });

  it('knows lists of secrets, which may be counts too', () => {
    for (const name of ['passwords', 'tokens', 'db.secrets', 'apiKeys', 'API_KEYS', 'accessTokens', 'prompt_tokens', 'sessionIds'])
      expect([name, isSecretList(name)]).toEqual([name, true]);
    for (const name of ['token', 'keys', 'token_count', 'cookies', 'status', '']) expect([name, isSecretList(name)]).toEqual([name, false]);
  });

  it('knows names of headers, which no list of other words has', () => {
    for (const name of ['Authorization', 'cookie', 'X-Api-Key', 'x-auth-token']) expect([name, isSecretHeader(name)]).toEqual([name, true]);
    for (const name of ['token', 'password', 'content-type', 'apiKey']) expect([name, isSecretHeader(name)]).toEqual([name, false]);
  });

  it('knows what signs an address when it is a parameter', () => {
    for (const name of ['sig', 'Signature', 'X-Amz-Credential', 'AWSAccessKeyId', 'token_hint']) expect(isSecretParameter(name)).toBe(true);
    for (const name of ['page', 'sort', 'design', 'assignee']) expect(isSecretParameter(name)).toBe(false);
  });

  it('takes names of the app, whole or as the last part, in any case', () => {
    const own = createSecretNames(['SSN', 'x-internal-*', 'patient.*']);
    for (const name of ['ssn', 'customer.Ssn', 'X-Internal-User', 'patient.name']) expect(own.isSecret(name)).toBe(true);
    for (const name of ['ssnCount', 'impatient.name']) expect(own.isSecret(name)).toBe(false);
    expect(own.isSecretParameter('ssn')).toBe(true);
  });

  it('tells by three characters where no secret name can end', () => {
    const { mayEndAt } = createSecretNames([]);
    const mayEnd = (text: string): boolean => mayEndAt(text, text.length);
    for (const text of ['http', 'https', '127.0.0.1', '2026-11-26T07', '12', 'info', 'Error', 'a', ''])
      expect([text, mayEnd(text)]).toEqual([text, text === '']);
    for (const name of [
      'authorization',
      'Set-Cookie',
      'dbPassword',
      'passwd',
      'API_KEY',
      'sid',
      'CVV',
      'otp',
      'jwt',
      'auth',
      'pass',
      'pass_',
      'password2',
      'dbPass',
      'tokens',
      'apiKeys',
      'password_confirmation',
      'пin',
    ]) {
      expect([name, mayEnd(name)]).toEqual([name, true]);
      // As a query writes any of its characters.
      for (let at = 0; at < name.length; at += 1) {
        const escaped = `${name.slice(0, at)}%${Buffer.from(name.charAt(at)).toString('hex').slice(0, 2)}${name.slice(at + 1)}`;
        if (isSecret(decodeURIComponent(escaped.replace('%d0', '%d0%bf')))) expect([escaped, mayEnd(escaped)]).toEqual([escaped, true]);
      }
    }
    // An app's own may end anyhow.
    expect(createSecretNames(['*']).mayEndAt('http', 4)).toBe(true);
  });
});
