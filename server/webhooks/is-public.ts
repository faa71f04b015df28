/** Which addresses a webhook may be sent to: whoever gives the address must not reach what only this machine can. */
import ipaddr from 'ipaddr.js';

/** All that is assigned of IPv6; outside it are forms that hold an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's host, which hands certificates to every machine on it, lies in a public range. */
const AZURE_HOST = '168.63.129.16';

/**
 * Whether `address`, IPv4 or IPv6 as text, is one of the public internet: not loopback, private, link-local, shared,
 * multicast or reserved, nor an IPv6 form that stands for an IPv4 address (mapped, NAT64, 6to4, Teredo), whichever
 * that is. What is no address is not public.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' ? parsed.toString() !== AZURE_HOST : parsed.match(GLOBAL_UNICAST);
}
