// OpenSearch with a data stream; see opensearch/Server.java.
import { fileURLToPath } from 'node:url';
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import type { Program } from './process.ts';

const STREAM = 'events';
const SERVER = fileURLToPath(new URL('opensearch/Server.java', import.meta.url));

export interface OpenSearch extends Program {
  readonly settings: SinkSettings<'opensearch'>;
  /** Calls its REST API with a body, and returns the reply. */
  readonly ask: (method: string, path: string, body?: object) => Promise<unknown>;
}

/** `jars` is a folder with OpenSearch and what it needs. */
export function openSearch(jars: string, directory: string, port: number): OpenSearch {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await fetch(`http://127.0.0.1:${port}/${path}`, { method, headers, ...text });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status}`);
    return reply.json();
  };
  return {
    command: ['java', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`, SERVER, directory, String(port)],
    settings: { kind: 'opensearch', url: `http://127.0.0.1:${port}`, index: STREAM },
    ask,
    async isUp() {
      try {
        const template = { settings: { number_of_replicas: 0 } };
        await ask('PUT', '_index_template/events', { index_patterns: [STREAM], data_stream: {}, template });
        return true;
      } catch {
        return false;
      }
    },
    async ids() {
      await ask('POST', `${STREAM}/_refresh`);
      const found = await ask('GET', `${STREAM}/_search?size=10000&sort=_seq_no:asc&_source=false`);
      const { hits } = found as { readonly hits: { readonly hits: readonly { readonly _id: string }[] } };
      return hits.hits.map(({ _id }) => _id);
    },
  };
}
