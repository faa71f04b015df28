/** Setting up the server, in Korean. */
import type { en } from './server-setup.en.ts';

const startIt = '서버 폴더에서 {start}를 실행하세요.';
const getToken = [
  '서버가 시작할 때 출력한 주소를 통째로 복사해 위에 붙여 넣으세요. 토큰이 들어 있습니다.',
  '토큰은 서버 데이터 폴더의 token 파일에도 있습니다.',
];

export const ko: typeof en = {
  intro: '파노라마는 내 서버에서 만듭니다. 서버가 시작할 때 출력하는 주소를 붙여 넣으세요.',
  address: '서버 주소',
  token: '토큰',
  tokenHint: '주소를 붙여 넣으면 함께 입력됩니다.',
  show: '보기',
  hide: '숨기기',
  check: '확인하고 연결',
  checking: '확인하는 중…',
  retry: '다시 확인',
  ready: (device) => `연결됨: ${device}`,
  use: (address) => `${address} 사용`,
  found: '서버가 다른 주소에서 응답합니다:',
  moment: '잠시',
  also: '그래도 안 되면 다음을 확인하세요:',
  alsoCauses: {
    wrongAddress: '서버가 아닌 다른 프로그램이 응답함',
    nameNotFound: '이름이 틀렸거나 이 네트워크가 모르는 이름',
    refused: '서버가 꺼져 있거나 방화벽이 막음',
    tls: '서버 인증서를 신뢰할 수 없음',
    localNetworkPermission: '브라우저가 Figma의 로컬 네트워크 접근을 막음',
    mixedContent: 'Safari는 HTTPS 서버만 허용함. Chrome과 Firefox는 이 컴퓨터의 HTTP 서버도 허용함',
  },
  advice: {
    empty: {
      title: '주소를 입력하세요',
      what: '서버는 시작할 때 주소를 출력합니다.',
      steps: [startIt, '출력된 주소를 복사해 위에 붙여 넣으세요.'],
    },
    malformed: {
      title: '올바른 주소가 아닙니다',
      what: '주소는 {local} 또는 {far}와 같은 모양입니다.',
      steps: ['서버가 시작할 때 출력한 주소를 복사해 위에 붙여 넣으세요.'],
    },
    scheme: {
      title: '웹 주소가 아닙니다',
      what: '주소는 http:// 또는 https://로 시작합니다.',
      steps: ['주소의 앞부분을 고치세요.'],
    },
    credentials: {
      title: '주소에 이름이나 비밀번호가 있습니다',
      what: '@ 앞의 내용은 저장되고 화면에 보이게 됩니다.',
      steps: ['@와 그 앞을 지우세요. 토큰은 토큰 칸에 입력합니다.'],
    },
    otherProgram: {
      title: '다른 프로그램이 응답합니다',
      what: '{url}에서 응답하는 것은 Panorama Converter 서버가 아닙니다.',
      steps: [
        '콜론 뒤의 숫자를 서버가 출력한 주소와 비교하세요. 보통 8787입니다.',
        '서버 앞에 프록시나 로그인 페이지가 있다면 /v1/ 요청을 통과시키도록 설정하세요.',
      ],
    },
    noHttp: {
      title: 'HTTP 주소가 아닙니다',
      what: '{url}에서 무언가 연결을 받지만 HTTP로 말하지 않습니다. HTTPS일 수 있습니다.',
      steps: ['주소 앞을 https://로 바꿔 보세요.', '콜론 뒤의 숫자를 확인하세요. 보통 8787입니다.'],
    },
    wrongHost: {
      title: '서버가 이 이름을 모릅니다',
      what: '응답은 하지만 {host}라는 이름이 서버에 등록되어 있지 않습니다.',
      steps: ['이 이름으로 서버를 시작하세요: {named}'],
    },
    nameNotFound: {
      title: '이런 이름의 컴퓨터가 없습니다',
      what: '네트워크에서 {host}라는 이름을 찾을 수 없습니다.',
      steps: [
        '철자를 확인하세요.',
        '서버가 있는 네트워크나 VPN에 연결하세요.',
        '이름 대신 192.168.1.20 같은 IP 주소를 입력해 보세요.',
      ],
    },
    refused: {
      title: '여기서 실행 중인 서버가 없습니다',
      what: '이 컴퓨터의 {url}에서 연결을 받는 프로그램이 없습니다.',
      steps: [startIt, '콜론 뒤의 숫자를 서버가 출력한 주소와 비교하세요.'],
    },
    refusedElsewhere: {
      title: '다른 컴퓨터가 연결을 받지 않습니다',
      what: '{url}에서 외부 연결을 받지 않거나 방화벽이 막고 있습니다.',
      steps: [
        '서버는 처음에 자기 컴퓨터의 연결만 받습니다. 서버 컴퓨터에서 이렇게 시작하세요: {open}',
        '그 컴퓨터의 방화벽에서 콜론 뒤의 포트 번호를 허용하세요.',
      ],
    },
    timedOut: {
      title: '{seconds} 동안 응답이 없습니다',
      what: '방화벽이 막고 있거나, 서버 컴퓨터가 잠자기 상태이거나, VPN이 필요할 수 있습니다.',
      steps: [
        '서버 컴퓨터가 켜져 있고 같은 네트워크나 VPN에 있는지 확인하세요.',
        '방화벽에서 콜론 뒤의 포트 번호를 허용하세요.',
        '서버가 매우 바쁘다면 조금 기다리세요.',
      ],
    },
    certificate: {
      title: '인증서를 신뢰할 수 없습니다',
      what: '{url}에서 응답하지만, 직접 만든 인증서이거나 만료되었거나 다른 이름의 인증서입니다.',
      steps: [
        '서버가 이 컴퓨터에 있다면 인증서가 필요 없습니다. {local}을 쓰세요.',
        '다른 컴퓨터라면 Caddy로 신뢰할 수 있는 인증서를 받으세요: {caddy}',
        '회사 인증서라면 먼저 이 컴퓨터에 설치해야 합니다.',
      ],
    },
    plainHttp: {
      title: '이 주소는 HTTPS가 아닙니다',
      what: '{url}에서는 HTTP로만 응답합니다.',
      steps: [
        '서버가 이 컴퓨터에 있다면 {local}을 쓰세요.',
        '다른 컴퓨터라면 Caddy 등으로 HTTPS를 붙이세요: {caddy}',
      ],
    },
    mixedContent: {
      title: '이 서버에는 HTTPS로만 연결할 수 있습니다',
      what: 'Figma 페이지는 암호화되어 있어 브라우저가 {host}로 가는 HTTP 연결을 막습니다. 이 컴퓨터만 예외입니다.',
      steps: [
        '서버 컴퓨터에서 Caddy 등으로 HTTPS를 붙이세요: {caddy}',
        '그 이름으로 서버를 시작하세요: {named}',
        '위에 https://로 시작하는 그 이름을 입력하세요.',
        '또는 서버를 이 컴퓨터에서 실행하고 {local}을 쓰세요.',
      ],
    },
    closed: {
      title: 'Figma가 응답을 읽을 수 없습니다',
      what: '{url}에서 응답하지만 다른 페이지가 읽지 못하게 합니다. Panorama Converter 서버는 허용합니다.',
      steps: [
        '콜론 뒤의 숫자를 확인하세요. 다른 프로그램일 수 있습니다.',
        '서버 앞에 프록시나 로그인 페이지가 있다면 응답의 Access-Control 헤더를 그대로 전달하게 하세요.',
      ],
    },
    preflight: {
      title: '토큰이 있는 요청이 통과하지 못합니다',
      what: '서버는 있지만, 앞에 있는 무언가가 토큰이 담긴 요청을 막습니다.',
      steps: ['서버 앞의 프록시가 OPTIONS 요청과 Authorization 헤더를 전달하게 하세요.'],
    },
    asking: {
      title: '브라우저가 답을 기다립니다',
      what: 'Figma가 {host}에 연결해도 되는지 묻고 있습니다.',
      steps: ['브라우저의 질문에서 허용을 누른 뒤 다시 확인하세요.'],
    },
    denied: {
      title: '브라우저가 로컬 네트워크 접근을 막았습니다',
      what: 'Chrome 142부터는 허용한 페이지만 이 컴퓨터나 내부 네트워크에 연결할 수 있습니다.',
      steps: [
        '주소창의 figma.com 왼쪽 아이콘을 눌러 로컬 네트워크와 기기의 앱(Apps on device)에 대한 권한을 허용하세요.',
        'Figma를 새로 고치고 플러그인을 열어 다시 확인하세요.',
        '그런 항목이 없다면 Figma 데스크톱 앱을 쓰거나, 공개 주소와 HTTPS로 서버를 여세요: {caddy}',
      ],
    },
    notAllowed: {
      title: '다른 서버용 플러그인입니다',
      what: '이 플러그인은 정해진 서버용으로 빌드되었고, {url}은 거기에 없습니다.',
      steps: ['플러그인이 빌드된 서버의 주소를 입력하거나, 이 서버용으로 다시 빌드하세요.'],
    },
    offline: {
      title: '오프라인 상태입니다',
      what: '네트워크가 없으면 이 컴퓨터의 서버에만 연결할 수 있습니다.',
      steps: [
        '네트워크에 연결한 뒤 다시 확인하세요.',
        '또는 서버를 이 컴퓨터에서 실행하고 {local}을 쓰세요.',
      ],
    },
    missing: {
      title: '토큰이 없습니다',
      what: '서버가 토큰을 요구합니다.',
      steps: getToken,
    },
    wrong: {
      title: '이 서버의 토큰이 아닙니다',
      what: '서버의 토큰이 다릅니다. 서버가 새 토큰으로 다시 시작되었을 수 있습니다.',
      steps: getToken,
    },
    oldServer: {
      title: '서버가 플러그인보다 오래되었습니다',
      what: '서버의 프로토콜은 {server}, 플러그인은 {plugin}입니다.',
      steps: ['서버 폴더를 업데이트하세요.', '서버를 다시 시작하세요: {start}'],
    },
    oldPlugin: {
      title: '플러그인이 서버보다 오래되었습니다',
      what: '서버의 프로토콜은 {server}, 플러그인은 {plugin}입니다.',
      steps: ['플러그인을 업데이트하고 닫았다가 다시 여세요.'],
    },
    calls: {
      title: '서버에 요청이 너무 많습니다',
      what: '{wait} 기다려 달라고 합니다.',
      steps: ['{wait} 기다렸다가 다시 확인하세요.'],
    },
    queue: {
      title: '서버의 대기열이 가득 찼습니다',
      what: '기다리는 작업이 줄면 새 작업을 받습니다.',
      steps: ['{wait} 기다렸다가 다시 확인하세요.'],
    },
    later: {
      title: '서버가 바쁩니다',
      what: '서버는 있지만 지금은 응답할 수 없습니다.',
      steps: ['{wait} 기다렸다가 다시 확인하세요.'],
    },
    failed: {
      title: '서버에 오류가 났습니다',
      what: '서버가 오류 {status}로 응답했습니다.',
      steps: ['다시 확인하세요.', '또 실패하면 서버가 실행 중인 창에서 이유를 확인하세요.'],
    },
    gateway: {
      title: '프록시 뒤의 서버가 꺼져 있습니다',
      what: '{url}의 프록시가 서버에 닿지 못해 오류 {status}로 응답했습니다.',
      steps: [startIt, '프록시가 서버 주소로 이어지는지 확인하세요. 보통 {local}입니다.'],
    },
    broken: {
      title: '연결이 끊겼습니다',
      what: '응답이 시작되었지만 끝까지 오지 않았습니다.',
      steps: ['다시 확인하세요.', '또 끊기면 서버를 다시 시작하세요: {start}'],
    },
  },
  copy: '보고서 복사',
  copied: '복사했습니다. 토큰은 들어 있지 않습니다.',
  copyFailed: '아래 글을 선택해 복사하세요:',
};
