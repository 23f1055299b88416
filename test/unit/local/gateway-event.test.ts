import { describe, expect, test } from '@jest/globals';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { readGatewayBody, readGatewayRequest } from '../../../lib/wire/gateway.ts';

describe('the event of an HTTP request', () => {
  test('gives the front ends method, path, headers, address and body back', () => {
    const headers = [
      ['Content-Type', 'application/json'],
      ['X-Twice', 'first'],
      ['X-Twice', 'second'],
    ] as const;
    const event = gatewayEvent('POST', '/pty/v1/protect?a=1&a=2', headers, '{"user":"Zoë"}', '192.0.2.7');
    const request = readGatewayRequest(event);
    expect(request).toMatchObject({ method: 'POST', path: '/pty/v1/protect', clientIp: '192.0.2.7' });
    expect(request.header('content-type')).toBe('application/json');
    expect(request.header('x-twice')).toBe('first');
    expect(readGatewayBody(event).toString()).toBe('{"user":"Zoë"}');
    expect(event).toMatchObject({
      headers: { 'X-Twice': 'second' },
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      isBase64Encoded: false,
    });
  });

  test('carries bytes that are no UTF-8 as base64, and no body as null', () => {
    expect(gatewayEvent('POST', '/', [], Buffer.from([0x1f, 0x8b, 0xff]))).toMatchObject({
      body: 'H4v/',
      isBase64Encoded: true,
    });
    expect(gatewayEvent('GET', 'https://host.example/v1/version', [], '')).toMatchObject({
      path: '/v1/version',
      body: null,
      isBase64Encoded: false,
    });
  });
});
