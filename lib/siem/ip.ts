// Applications send any text as a source address; the typed fields of SIEMs take addresses only.

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export function ipVersion(text: string): 4 | 6 | undefined {
  if (IPV4.test(text)) return 4;
  return /^[\da-f:.]{2,39}$/i.test(text) && URL.canParse(`http://[${text}]/`) ? 6 : undefined;
}
