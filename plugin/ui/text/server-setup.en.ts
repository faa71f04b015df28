/**
 * Setting up the server, in English. Its shape is the other dictionaries' type.
 *
 * Words in braces are filled in: {host} and {url} are the server's; {start}, {open}, {named} and {caddy} are commands;
 * {local} and {far} are addresses; {seconds}, {wait}, {status}, {server} and {plugin} are figures.
 */

/** What is wrong, and what to do about it one after the other. */
interface Advice {
  readonly title: string;
  readonly what: string;
  readonly steps: readonly string[];
}

const startIt = 'In the server’s folder, run {start}.';
const getToken = [
  'Copy the whole address that the server printed when it started, and paste it above: it carries the token.',
  'The token is also in the file named token in the server’s data folder.',
];
const useHttps = [
  'On the server’s computer put HTTPS in front of it, for example with Caddy: {caddy}',
  'Start the server with that name: {named}',
  'Enter that name above, with https:// before it.',
];

const advice = {
  empty: {
    title: 'There is no address yet',
    what: 'The server prints its address when it starts.',
    steps: [startIt, 'Copy the address that it prints, and paste it above.'],
  },
  malformed: {
    title: 'This is no address',
    what: 'An address looks like {local} or {far}.',
    steps: ['Copy the address that the server prints when it starts, and paste it above.'],
  },
  scheme: {
    title: 'This is no address of the web',
    what: 'An address begins with http:// or https://.',
    steps: ['Change how the address begins.'],
  },
  credentials: {
    title: 'The address holds a name or password',
    what: 'What stands before the @ would be kept and shown.',
    steps: ['Take out all before the @, and the @. The token has its own field.'],
  },
  otherProgram: {
    title: 'Another program answers',
    what: 'What answers at {url} is not Panorama Converter’s server.',
    steps: [
      'Compare the number after the colon with the address that the server prints; usually it is 8787.',
      'If a proxy or a sign-in page stands before the server, have it let calls to /v1/ pass.',
    ],
  },
  noHttp: {
    title: 'This address is not plain HTTP',
    what: 'Something listens at {url}, but it speaks another language, perhaps HTTPS.',
    steps: [
      'Try the address with https:// before it.',
      'Check the number after the colon; usually it is 8787.',
    ],
  },
  wrongHost: {
    title: 'The server does not go by this name',
    what: 'It answers, but was not told that it is called {host}.',
    steps: ['Start the server with the name: {named}'],
  },
  nameNotFound: {
    title: 'There is no computer of this name',
    what: 'Your network does not know the name {host}.',
    steps: [
      'Check the spelling.',
      'Join the network or VPN that the server is in.',
      'Try the number of the server’s computer instead, such as 192.168.1.20.',
    ],
  },
  refused: {
    title: 'No server runs here',
    what: 'Your computer answers that nothing listens at {url}.',
    steps: [startIt, 'Compare the number after the colon with the address that it prints.'],
  },
  refusedElsewhere: {
    title: 'The other computer takes no calls',
    what: 'Nothing listens at {url} for other computers, or a firewall turns them away.',
    steps: [
      'At first the server listens to its own computer only. Start it there so that others may call: {open}',
      'Allow the number after the colon in that computer’s firewall.',
    ],
  },
  timedOut: {
    title: 'No answer for {seconds}',
    what: 'A firewall swallows the call, the other computer sleeps, or the way there leads through a VPN.',
    steps: [
      'Check that the server’s computer is awake, and in your network or VPN.',
      'Allow the number after the colon in its firewall.',
      'If it is very busy, wait a little.',
    ],
  },
  certificate: {
    title: 'The certificate is not trusted',
    what: 'Something answers at {url}, but its certificate is self-made, has run out, or is for another name.',
    steps: [
      'If the server runs on this computer, it needs no certificate: use {local}.',
      'Elsewhere let Caddy get a certificate that browsers trust: {caddy}',
      'A certificate of your company has to be installed on this computer first.',
    ],
  },
  plainHttp: {
    title: 'There is no HTTPS at this address',
    what: 'What answers at {url} speaks plain HTTP.',
    steps: [
      'If the server runs on this computer, use {local}.',
      'Elsewhere put HTTPS in front of it, for example with Caddy: {caddy}',
    ],
  },
  mixedContent: {
    title: 'Figma may call this server by HTTPS only',
    what: 'Figma’s page is encrypted, so the browser keeps it from calling {host} by plain HTTP. Your own computer is the exception.',
    steps: [...useHttps, 'Or run the server on this computer and use {local}.'],
  },
  closed: {
    title: 'Figma may not read the answer',
    what: 'Something answers at {url}, but lets no other page read it. Panorama Converter’s server does.',
    steps: [
      'Check the number after the colon: another program may be there.',
      'If a proxy or a sign-in page stands before the server, have it pass on answers with their Access-Control headers.',
    ],
  },
  preflight: {
    title: 'Calls with a token do not come through',
    what: 'The server is there, but something before it holds up calls that carry the token.',
    steps: ['Have the proxy before the server pass on OPTIONS requests and the Authorization header.'],
  },
  asking: {
    title: 'The browser waits for your answer',
    what: 'It asks whether Figma may reach {host}.',
    steps: ['Choose Allow in the browser’s question, then check again.'],
  },
  denied: {
    title: 'The browser keeps Figma out of your network',
    what: 'Since version 142, Chrome lets a page call this computer or your network only with your permission.',
    steps: [
      'Click the icon left of figma.com in the address bar, and allow “Apps on device” and “Local network”, or “Local network access”.',
      'Reload Figma, open the plugin and check again.',
      'If that is not offered, use Figma’s desktop app, or a server with a public address and HTTPS: {caddy}',
    ],
  },
  notAllowed: {
    title: 'This plugin is for another server',
    what: 'It was built for certain servers, and {url} is none of them.',
    steps: ['Enter the address that it was built for, or have it built for this one.'],
  },
  offline: {
    title: 'You are offline',
    what: 'Without a network, only a server on this computer can be reached.',
    steps: [
      'Connect to the network, then check again.',
      'Or run the server on this computer and use {local}.',
    ],
  },
  missing: {
    title: 'The token is missing',
    what: 'The server is there, and asks for its token.',
    steps: getToken,
  },
  wrong: {
    title: 'This is not the server’s token',
    what: 'The server is there, but expects another token. It may have been started anew.',
    steps: getToken,
  },
  oldServer: {
    title: 'The server is older than the plugin',
    what: 'The server speaks protocol {server}, the plugin {plugin}.',
    steps: ['Update the server’s folder.', 'Start the server again: {start}'],
  },
  oldPlugin: {
    title: 'The plugin is older than the server',
    what: 'The server speaks protocol {server}, the plugin {plugin}.',
    steps: ['Update the plugin, close it and open it again.'],
  },
  calls: {
    title: 'The server gets too many calls',
    what: 'It asks to be left alone for {wait}.',
    steps: ['Wait {wait}, then check again.'],
  },
  queue: {
    title: 'The server’s queue is full',
    what: 'It takes new work once some of the old is done.',
    steps: ['Wait {wait}, then check again.'],
  },
  later: {
    title: 'The server is busy',
    what: 'It is there, but cannot answer just now.',
    steps: ['Wait {wait}, then check again.'],
  },
  failed: {
    title: 'The server failed',
    what: 'It answered with error {status}.',
    steps: ['Check again.', 'If it fails again, the window in which the server runs says why.'],
  },
  gateway: {
    title: 'The server behind the proxy is away',
    what: 'A proxy answers at {url} with error {status}, because it reaches no server.',
    steps: [startIt, 'Check that the proxy leads to the server’s address, usually {local}.'],
  },
  broken: {
    title: 'The connection broke',
    what: 'The answer began, but did not come whole.',
    steps: ['Check again.', 'If it breaks again, start the server anew: {start}'],
  },
} satisfies Record<string, Advice>;

export const en = {
  intro: 'Panoramas are made by a server of your own. Paste the address that it prints when it starts.',
  address: 'Server address',
  token: 'Token',
  tokenHint: 'Comes with the pasted address.',
  show: 'Show',
  hide: 'Hide',
  check: 'Check and connect',
  checking: 'Checking…',
  retry: 'Check again',
  ready: (device: string) => `Connected: ${device}`,
  use: (address: string) => `Use ${address}`,
  found: 'Your server answers at another address:',
  moment: 'a moment',
  also: 'If that is not it:',
  alsoCauses: {
    wrongAddress: 'something other than the server listens there',
    nameNotFound: 'the name is misspelt or not known here',
    refused: 'the server does not run, or a firewall turns the call away',
    tls: 'the server’s certificate is not trusted',
    localNetworkPermission: 'the browser keeps Figma out of your network',
    mixedContent:
      'Safari lets Figma call servers by HTTPS only; Chrome and Firefox call this computer without',
  },
  advice: advice as Readonly<Record<keyof typeof advice, Advice>>,
  copy: 'Copy report',
  copied: 'Copied. The token is not in it.',
  copyFailed: 'Select this text and copy it:',
};
