import { describe, expect, it } from 'vitest';
import { encodeExportResponse, encodeStatus } from './encode-response.ts';
import { decodeReference } from './testing/reference-encoder.ts';

describe('an export response', () => {
  it('is empty when everything was kept', () => {
    const outcome = { rejectedCount: 0, message: '' };
    expect(encodeExportResponse(outcome, 'protobuf', 'rejectedSpans')).toHaveLength(0);
    expect(json(encodeExportResponse(outcome, 'json', 'rejectedSpans'))).toEqual({});
  });

  it('counts what was rejected and says why', () => {
    const outcome = { rejectedCount: 300, message: 'warum: ü' };
    expect(decodeReference('ExportResponse', encodeExportResponse(outcome, 'protobuf', 'rejectedSpans'))).toEqual({
      partialSuccess: { rejectedCount: '300', errorMessage: 'warum: ü' },
    });
    expect(json(encodeExportResponse(outcome, 'json', 'rejectedSpans'))).toEqual({
      partialSuccess: { rejectedSpans: '300', errorMessage: 'warum: ü' },
    });
  });

  it('warns with nothing rejected', () => {
    const outcome = { rejectedCount: 0, message: 'cut' };
    expect(decodeReference('ExportResponse', encodeExportResponse(outcome, 'protobuf', 'rejectedLogRecords'))).toEqual({
      partialSuccess: { errorMessage: 'cut' },
    });
    expect(json(encodeExportResponse(outcome, 'json', 'rejectedLogRecords'))).toEqual({
      partialSuccess: { rejectedLogRecords: '0', errorMessage: 'cut' },
    });
  });
});

describe('a status', () => {
  it('has its code and message in either encoding', () => {
    expect(decodeReference('RpcStatus', encodeStatus({ code: 3, message: 'no' }, 'protobuf'))).toEqual({ code: 3, message: 'no' });
    expect(json(encodeStatus({ code: 3, message: 'no' }, 'json'))).toEqual({ code: 3, message: 'no' });
  });

  it('says when to try again as RetryInfo', () => {
    const [detail] = statusDetails(encodeStatus({ code: 14, message: 'later', retryAfterMillis: 1_500 }, 'protobuf'));
    expect(detail?.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(decodeReference('RetryInfo', Buffer.from(detail?.value ?? '', 'base64'))).toEqual({
      retryDelay: { seconds: '1', nanos: 500_000_000 },
    });
    expect(json(encodeStatus({ code: 14, message: 'later', retryAfterMillis: 1_500 }, 'json'))).toMatchObject({
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }],
    });
  });
});

function json(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString());
}

function statusDetails(bytes: Buffer): { typeUrl: string; value: string }[] {
  const { details } = decodeReference('RpcStatus', bytes);
  return Array.isArray(details) ? details : [];
}
