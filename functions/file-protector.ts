import { fileProtectorEnvironment } from './runtime/files/environment.ts';
import { fileProtectorHandler } from './runtime/files/file-protector.ts';

export const handler = fileProtectorHandler(fileProtectorEnvironment);
