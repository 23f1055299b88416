// Templates that CloudFormation takes as they are: no bootstrap stack, and the bucket of the files is a parameter.
import {
  CfnParameter,
  type DockerImageAssetLocation,
  type FileAssetLocation,
  FileAssetPackaging,
  type FileAssetSource,
  Fn,
  type IReusableStackSynthesizer,
  type ISynthesisSession,
  type Stack,
  StackSynthesizer,
} from 'aws-cdk-lib';

/** The parameters of templates: where the files of the package were put. */
const BUCKET = 'ArtifactBucket';
const PREFIX = 'ArtifactPrefix';

/** Takes a staged file or folder into the package and returns the name of its file there. */
export type Take = (source: { readonly path: string; readonly isFolder: boolean }) => string;

/** Returns a synthesizer for the stacks of an app, whose files go to `take`. */
export function packageSynthesizer(take: Take): IReusableStackSynthesizer {
  // The library's class and interface differ in members that may be undefined.
  return new PackageSynthesizer(take) as object as IReusableStackSynthesizer;
}

class PackageSynthesizer extends StackSynthesizer {
  readonly #take: Take;
  #hasParameters = false;

  constructor(take: Take) {
    super();
    this.#take = take;
  }

  /** The app's synthesizer stands for one for each stack. */
  reusableBind(stack: Stack): StackSynthesizer {
    const own = new PackageSynthesizer(this.#take);
    own.bind(stack);
    return own;
  }

  override addFileAsset({ fileName, packaging }: FileAssetSource): FileAssetLocation {
    if (fileName === undefined)
      throw new Error('A file of the stacks is made by a command, which a package cannot run');
    this.#addParameters();
    const isFolder = packaging === FileAssetPackaging.ZIP_DIRECTORY;
    const bucketName = Fn.ref(BUCKET);
    const objectKey = Fn.join('', [Fn.ref(PREFIX), this.#take({ path: fileName, isFolder })]);
    const s3ObjectUrl = Fn.join('', ['s3://', bucketName, '/', objectKey]);
    return { bucketName, objectKey, s3ObjectUrl, httpUrl: s3ObjectUrl };
  }

  override addDockerImageAsset(): DockerImageAssetLocation {
    throw new Error('A package has no container images');
  }

  override synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    this.emitArtifact(session);
  }

  /** A stack without files has no parameters. */
  #addParameters(): void {
    if (this.#hasParameters) return;
    this.#hasParameters = true;
    const description = 'Bucket of the files of the package, in the Region of the stack';
    new CfnParameter(this.boundStack, BUCKET, { description });
    new CfnParameter(this.boundStack, PREFIX, { description: 'What their keys begin with', default: '' });
  }
}
