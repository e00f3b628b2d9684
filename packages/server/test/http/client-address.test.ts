import { describe, expect, test } from 'vitest';
import { addressKey, ClientAddresses } from '../../src/http/client-address.ts';

describe('addresses', () => {
  test('X-Forwarded-For counts only from trusted proxies, read from its end', () => {
    const trusted = new ClientAddresses(['10.0.0.0/8', '::1']);
    expect(trusted.clientOf('203.0.113.5', '1.2.3.4')).toBe('203.0.113.5');
    expect(trusted.clientOf('10.1.1.1', '1.2.3.4')).toBe('1.2.3.4');
    expect(trusted.clientOf('::ffff:10.1.1.1', '6.6.6.6, 1.2.3.4, 10.2.2.2')).toBe('1.2.3.4');
    expect(trusted.clientOf('::1', '2001:db8::7')).toBe('2001:db8::7');
    expect(trusted.clientOf('10.1.1.1', undefined)).toBe('10.1.1.1');
    expect(trusted.clientOf('10.1.1.1', 'nonsense, 10.2.2.2')).toBe('10.2.2.2');
    expect(trusted.clientOf('10.1.1.1', '10.3.3.3, 10.2.2.2')).toBe('10.3.3.3');
    expect(new ClientAddresses([]).clientOf('10.1.1.1', '1.2.3.4')).toBe('10.1.1.1');
  });

  test('an IPv6 host is counted by its /64 network, an IPv4 one by itself', () => {
    expect(addressKey('203.0.113.5')).toBe('203.0.113.5');
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:0db8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:db8::1:0:0:9')).toBe('2001:db8:0:0::/64');
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
    expect(addressKey('fe80::')).toBe('fe80:0:0:0::/64');
    expect(addressKey('unknown')).toBe('unknown');
  });
});
