import { expect, test } from '@jest/globals';
import { routeOf } from '../../../../lib/wire/rest/route.ts';

const post = (path: string) => routeOf({ method: 'POST', path });
const operation = (name: string) => ({ kind: 'operation', operation: name });

test.each([
  ['/v1/protect', 'Protect'],
  ['/v1/unprotect', 'Unprotect'],
  ['/v1/reprotect', 'Reprotect'],
  ['/pty/v1/protect', 'Protect'],
  ['/prod/v1/protect', 'Protect'],
  ['/prod/pty/v1/protect', 'Protect'],
  ['/pty/protect', 'Protect'],
  ['/protect', 'Protect'],
  ['/v1/protect/', 'Protect'],
])('%s is %s', (path, name) => {
  expect(post(path)).toEqual(operation(name));
  expect(routeOf({ method: undefined, path })).toEqual(operation(name));
  expect(routeOf({ method: 'GET', path })).toEqual({ kind: 'method-not-allowed', allowed: 'POST' });
});

test.each(['/v1/version', '/pty/v1/version', '/prod/pty/v1/openapi.json'])('%s is got', (path) => {
  const kind = path.endsWith('version') ? 'version' : 'openapi';
  expect(routeOf({ method: 'GET', path })).toEqual({ kind });
  expect(post(path)).toEqual({ kind: 'method-not-allowed', allowed: 'GET' });
});

test.each([
  '',
  '/',
  'v1/protect',
  '/v1',
  '/v2/protect',
  '/pty/v2/protect',
  '/v10/protect',
  '/v1/v1/protect',
  '/v1/protect/x',
  '/v1/protectx',
  '/v1/Protect',
  '/a/b/c/v1/protect',
  '//v1/protect',
  '/version',
  '/pty/openapi.json',
  '/v1/constructor',
  '/v1/protect\n',
])('%j is nothing', (path) => {
  expect(post(path)).toEqual({ kind: 'unknown' });
});
