import { describe, expect, it } from 'vitest';
import { applyVoucher } from './vouchers.ts';

describe('applyVoucher', () => {
  it('takes the percentage off, to the cent', () => {
    expect(applyVoucher(1_995, 'WELCOME10')).toBe(1_796);
  });

  it('leaves the price alone without a voucher and with one that nobody issued', () => {
    expect(applyVoucher(1_995, undefined)).toBe(1_995);
    expect(applyVoucher(1_995, 'FREE')).toBe(1_995);
  });

  it('fails on the voucher that was saved without its discount', () => {
    expect(() => applyVoucher(1_995, 'SUMMER24')).toThrow(TypeError);
  });
});
