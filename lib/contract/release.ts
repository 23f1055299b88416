import manifest from '../../package.json' with { type: 'json' };

/**
 * The version of this release. package.json is its one source; the build puts nothing else of that file into a bundle.
 */
export const RELEASE = manifest.version;
