// Tenants for tests, as a document with its secrets.
import type { SecretValues } from '../../lib/tenants/references.ts';

/** 32 bytes, base64url. */
export const API_KEY = 'rV5Jq8mTnB2cXeLwZ0yKdHfUaG7iPsQo9N1tM4xE6bA';

export const SECRETS: SecretValues = new Map([
  ['app-key', API_KEY],
  ['acme-splunk', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'],
  ['acme-datadog', '0123456789abcdef0123456789abcdef'],
  ['acme-search', 'ApiKey c2VjcmV0LXByb2Jl'],
]);

/** Two tenants with local keys: `acme` leases and has sinks with secrets, `globex` does neither. */
export const TENANTS = {
  apiKeys: [{ id: 'app', secretRef: 'app-key' }],
  unconfigured: 'stdout',
  tenants: [
    {
      id: 'acme',
      kms: [
        { id: 1, key: 'insecure-local:acme-old', state: 'active' },
        { id: 2, key: 'insecure-local:acme', state: 'active', primary: true },
      ],
      leasing: true,
      dataStores: ['SAMPLE_POLICY'],
      sinks: [
        {
          name: 'siem',
          kind: 'splunk',
          url: 'https://splunk.example.com:8088',
          token: { secretRef: 'acme-splunk' },
          include: ['USER_*', 'DATA_DENY_ACCESS'],
        },
        { name: 'dog', kind: 'datadog', site: 'datadoghq.eu', apiKey: { secretRef: 'acme-datadog' }, format: 'ocsf' },
        {
          name: 'search',
          kind: 'otlp',
          url: 'https://otel.example.com:4318',
          headers: { authorization: { secretRef: 'acme-search' } },
          enabled: false,
        },
      ],
    },
    { id: 'globex', kms: [{ id: 1, key: 'insecure-local:globex', primary: true }] },
  ],
} as const;
