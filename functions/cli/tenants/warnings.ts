import type { Io } from '../core/io.ts';
import type { WrittenTenants } from '../documents/tenants.ts';
import { say, styled } from '../output/text.ts';

/** Says what a tenants file should not do without a reason. */
export function sayWarnings(io: Io, { file, warnings }: WrittenTenants): void {
  for (const { path, message } of warnings) {
    say(io, `${styled(io.stderr, 'cyan', 'warning:')} ${file} ${path}: ${message}`);
  }
}
