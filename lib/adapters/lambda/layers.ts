// Versions of an AWS Lambda layer: PublishLayerVersion, ListLayerVersions, DeleteLayerVersion.
import {
  DeleteLayerVersionCommand,
  type LambdaClient,
  ListLayerVersionsCommand,
  type LayerVersionsListItem,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda';
import type { LayerVersion, PolicyLayers } from '../../publication/ports.ts';
import { lambdaFault } from './fault.ts';

/** Publishes, lists and removes versions of the layer `layerName`. Makes no retries itself. */
export function lambdaLayers({ client, layerName }: { client: LambdaClient; layerName: string }): PolicyLayers {
  const layer = { LayerName: layerName };
  return {
    async publish(zip, description) {
      const request = { ...layer, Description: description, Content: { ZipFile: zip } };
      const reply = await client.send(new PublishLayerVersionCommand(request)).catch((error: unknown) => {
        throw lambdaFault('PublishLayerVersion', error);
      });
      return toVersion({ ...reply, Description: description });
    },

    async list() {
      const versions: LayerVersion[] = [];
      for (let marker: string | undefined; ; ) {
        const command = new ListLayerVersionsCommand({ ...layer, Marker: marker });
        // oxlint-disable-next-line no-await-in-loop -- each page names the next
        const reply = await client.send(command).catch((error: unknown) => {
          throw lambdaFault('ListLayerVersions', error);
        });
        versions.push(...(reply.LayerVersions ?? []).map(toVersion));
        marker = reply.NextMarker;
        if (marker === undefined || marker === '') return versions;
      }
    },

    async remove(version) {
      await client.send(new DeleteLayerVersionCommand({ ...layer, VersionNumber: version })).catch((error: unknown) => {
        throw lambdaFault('DeleteLayerVersion', error);
      });
    },
  };
}

function toVersion({ LayerVersionArn, Version, Description }: LayerVersionsListItem): LayerVersion {
  return { arn: LayerVersionArn ?? '', version: Version ?? 0, description: Description ?? '' };
}
