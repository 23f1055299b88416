// Common parts of the stand-ins for AWS services that speak AWS JSON 1.1.

export type Json = Readonly<Record<string, unknown>>;

/** An error of the service. */
export class ServiceFault extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Returns a member that must be a string. */
export function text(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new ServiceFault('ValidationException', `${name} is required`);
  return value;
}

export function invalidParameter(message: string): ServiceFault {
  return new ServiceFault('InvalidParameterException', message);
}
