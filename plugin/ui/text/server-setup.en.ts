/**
 * Setting up the server, in English. Its shape is the other dictionaries' type.
 *
 * Words in braces are filled in: {url} and {host} are the server's, {local} and {far} examples of addresses, {start},
 * {open}, {named} and {caddy} commands, the others figures.
 */
export const en = {
  intro: 'A server of your own makes the panoramas. Paste the address that it prints when it starts.',
  address: 'Server address',
  token: 'Token',
  tokenHint: 'Comes with the pasted address.',
  show: 'Show',
  hide: 'Hide',
  check: 'Check and connect',
  checking: 'Checking…',
  retry: 'Check again',
  ready: (device: string) => `Connected: ${device}`,
  found: 'Your server answers at another address.',
  use: (address: string) => `Use ${address}`,
  also: 'If that is not it:',
  moment: 'a moment',
  copy: 'Copy report',
  copied: 'Copied. The token is not in it.',
  copyFailed: 'Select this text and copy it:',

  /** What is wrong, by what a check found: in a few words, then in a sentence. */
  advice: {
    empty: ['There is no address yet', 'The server prints its address when it starts.'],
    malformed: ['This is no address', 'An address looks like {local} or {far}.'],
    scheme: ['This is no web address', 'Only addresses with http:// or https:// will do.'],
    credentials: [
      'The address holds a name or password',
      'What stands before the @ would be kept and shown.',
    ],
    otherProgram: ['Another program answers', 'What answers at {url} is not Panorama Converter’s server.'],
    noHttp: [
      'This is not plain HTTP',
      'Something listens at {url}, but does not speak HTTP. It may be HTTPS.',
    ],
    wrongHost: [
      'The server does not go by this name',
      'It answers, but was not told that its name is {host}.',
    ],
    nameNotFound: ['There is no computer of this name', 'Your network does not know the name {host}.'],
    refused: ['No server runs here', 'Nothing on this computer listens at {url}.'],
    refusedElsewhere: [
      'The other computer takes no calls',
      'Nothing listens at {url} for other computers, or a firewall turns them away.',
    ],
    timedOut: [
      'No answer for {seconds}',
      'A firewall may swallow the call, the other computer may sleep, or the way there may need a VPN.',
    ],
    certificate: [
      'The certificate is not trusted',
      'The certificate at {url} is self-made, has run out, or is for another name.',
    ],
    plainHttp: ['There is no HTTPS here', 'What answers at {url} speaks plain HTTP.'],
    mixedContent: [
      'Figma may call this server by HTTPS only',
      'Figma’s page is encrypted, so the browser keeps it from calling {host} without HTTPS. Only this computer is exempt.',
    ],
    closed: ['Figma may not read the answer', 'Something answers at {url}, but lets no other page read it.'],
    preflight: [
      'Calls with a token do not come through',
      'The server is there, but something before it holds up calls that carry the token.',
    ],
    asking: ['The browser waits for your answer', 'It asks whether Figma may reach {host}.'],
    denied: [
      'The browser keeps Figma out of your network',
      'Chrome lets a page call this computer or your network only with your permission.',
    ],
    notAllowed: [
      'This plugin is for another server',
      'It was built for certain servers, and {url} is none of them.',
    ],
    offline: ['You are offline', 'Without a network, only a server on this computer can be reached.'],
    missing: ['The token is missing', 'The server is there, and asks for its token.'],
    wrong: ['This is not the server’s token', 'The server is there, but expects another one.'],
    oldServer: ['The server is older than the plugin', 'It speaks protocol {server}, the plugin {plugin}.'],
    oldPlugin: ['The plugin is older than the server', 'It speaks protocol {plugin}, the server {server}.'],
    calls: ['The server gets too many calls', 'It asks to be left alone for {wait}.'],
    queue: ['The server’s queue is full', 'It takes new work once some of the old is done.'],
    later: ['The server is busy', 'It is there, but cannot answer just now.'],
    failed: ['The server failed', 'It answered with error {status}.'],
    gateway: ['The server behind the proxy is away', 'The proxy at {url} reached none (error {status}).'],
    broken: ['The connection broke', 'The answer began, but did not come whole.'],
  } satisfies Record<string, readonly [string, string]>,

  /** What to do about it. */
  steps: {
    start: 'In the server’s folder, run {start}.',
    paste: 'Copy the whole address that the server printed, and paste it above.',
    port: 'Compare the number after the colon with the address that the server printed; usually it is 8787.',
    https: 'Try it with https:// before it.',
    at: 'Take out the @ and all before it. The token has its own field.',
    proxy:
      'If a proxy or a sign-in page stands before the server, have it pass on calls and answers as they are, with OPTIONS requests and the Authorization and Access-Control headers.',
    named: 'Start the server with its name: {named}',
    spelling: 'Check the spelling.',
    network: 'Join the network or VPN that the server is in.',
    figures: 'Try the number of its computer, such as 192.168.1.20.',
    open: 'Start the server so that other computers may call it: {open}',
    firewall: 'Allow the number after the colon in the firewall of its computer.',
    awake: 'Check that its computer is awake.',
    here: 'If the server is on this computer, use {local}.',
    caddy: 'Put HTTPS in front of the server, for example with Caddy: {caddy}',
    company: 'Have a certificate of your company installed on this computer.',
    allow: 'Choose Allow in the browser’s question.',
    permit:
      'Click the icon left of figma.com in the address bar, and allow “Apps on device” and “Local network”.',
    reload: 'Reload Figma and open the plugin again.',
    desktop:
      'If there is no such choice, use Figma’s desktop app, or a server with a public address: {caddy}',
    built: 'Enter the address that the plugin was built for, or have it built for this one.',
    connect: 'Connect to a network.',
    file: 'The token is also in the file named token in the server’s data folder.',
    updateServer: 'Update the server, then start it: {start}',
    updatePlugin: 'Update the plugin, and open it again.',
    wait: 'Wait {wait}.',
    log: 'If it goes on, the window in which the server runs says why.',
  },

  /** What else it may be. */
  alsoCauses: {
    wrongAddress: 'Another program may listen there.',
    nameNotFound: 'The name may be misspelt, or not known here.',
    refused: 'The server may not run, or a firewall may turn the call away.',
    tls: 'The server’s certificate may not be trusted.',
    localNetworkPermission: 'The browser may keep Figma out of your network.',
    mixedContent: 'Safari calls servers by HTTPS only; Chrome and Firefox call this computer without.',
  },
};
