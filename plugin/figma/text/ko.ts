/** What only Figma's window says, in Korean. */
import type { Words } from './en.ts';

export const ko: Words = {
  tabs: { compose: '채우기', frames: '프레임', label: '화면 선택' },
  server: {
    menu: '서버…',
    heading: '서버',
    page: '웹 페이지',
    pageText: '이 서버의 모든 파노라마는 웹 페이지의 기록에서 볼 수 있습니다.',
    openPage: '브라우저에서 열기',
  },
  help: '도움말',
  back: '뒤로',

  connection: {
    away: {
      title: '서버가 응답하지 않습니다',
      text: '진행 중인 작업은 계속됩니다. 이 창은 서버를 계속 확인하고, 돌아오면 저절로 이어집니다.',
    },
    unauthorized: {
      title: '서버의 토큰이 다릅니다',
      text: '새 토큰으로 다시 시작되었을 수 있습니다. 서버가 출력하는 토큰을 입력하세요.',
    },
    incompatible: {
      title: '플러그인과 서버가 맞지 않습니다',
      text: '이 주소에서 다른 프로그램이나 다른 버전이 응답합니다.',
    },
    unknown: {
      title: '아직 서버를 정하지 않았습니다',
      text: '파노라마는 내 서버에서 만듭니다. 서버를 시작하고 서버가 출력하는 주소를 붙여 넣으세요.',
    },
    enter: '서버 정하기',
    look: '지금 찾기',
    check: '연결 확인',
  },

  hints: {
    nothing: {
      title: '프레임을 선택하세요',
      text: '배경 사진이 있는 프레임을 선택하거나, 프레임과 거기에 채울 사진을 함께 선택하세요.',
    },
    'needs-frame': {
      title: '이제 프레임을 선택하세요',
      text: 'Shift 키를 누른 채 이 사진으로 채울 프레임을 클릭하세요.',
    },
    'needs-picture': {
      title: '이제 사진을 선택하세요',
      text: '이 프레임에는 사진이 없습니다. Shift 키를 누른 채 채울 사진을 클릭하세요.',
    },
    'no-fills': {
      title: '그룹과 슬라이스는 채울 수 없습니다',
      text: '그룹 안의 이미지나 그룹을 감싼 프레임을 선택하세요.',
    },
  },

  source: {
    heading: '사진',
    choose: '사진 선택',
    one: (name) => `사진 ${name}`,
    size: (size, bytes) => `${size} · ${bytes}`,
    opening: '사진을 여는 중…',
    crop: '보낼 부분',
    part: '보이는 부분',
    whole: '사진 전체',
    original: '이 프레임에 있는 파노라마의 원본',
    gif: 'GIF: 첫 장면을 사용합니다.',
    rendered: {
      tile: '타일 채우기: Figma가 그린 대로 보냅니다.',
      pattern: '패턴: Figma가 그린 대로 보냅니다.',
      gradient: '그라디언트: Figma가 그린 대로 보냅니다. 사진이나 질감을 쓰면 결과가 더 좋습니다.',
      video: '동영상: Figma가 그린 정지 화면을 보냅니다.',
      vector: '벡터: Figma가 그린 대로 보냅니다.',
      text: '텍스트: Figma가 그린 대로 보냅니다. 사진이나 질감을 쓰면 결과가 더 좋습니다.',
      layer: 'Figma가 그린 대로 보냅니다.',
    },
    problems: {
      missing: '이 파일에서 사진을 불러올 수 없습니다. 파일을 새로 고치거나 사진을 다시 넣으세요.',
      gone: '사진이 있던 레이어가 삭제되었습니다. 다른 레이어를 선택하세요.',
      'not-rendered': 'Figma가 이 레이어를 그릴 수 없습니다. 사진이 보이는 레이어를 선택하세요.',
    },
  },

  target: {
    heading: '프레임',
    headingMany: (count) => `프레임 ${count}개`,
    choose: '채울 대상',
    pixels: (size) => `${size} px`,
    tooSmall: (size) => `${size} px은 너무 작습니다. 각 변이 16 px 이상이어야 합니다.`,
    take: (name) => `${name} 채우기`,
    instance: (component) =>
      `“${component}” 컴포넌트의 인스턴스 안에 있습니다. 채우기만 재정의하고 아무것도 삽입하지 않습니다.`,
    auto: '사진은 한 번만 학습합니다.',
  },

  scale: {
    heading: '해상도',
    times: (scale) => `${scale}×`,
    tooLarge: 'Figma의 이미지는 한 변이 최대 4096 px입니다.',
    how: '4096 px을 넘을 때',
    tiles: '타일',
    lower: '배율 낮추기',
    tilesTold: (count) => `잠긴 타일 ${count}개를 그룹 하나로 묶어 내용 뒤에 놓습니다.`,
    lowered: (scale) => `들어가는 가장 큰 배율(${scale}×)로 이미지 한 장을 만듭니다.`,
    noTiles: '여기에는 아무것도 삽입할 수 없어 배율을 낮춥니다.',
  },

  options: {
    draft: '초안을 바로 프레임에 넣기',
    hide: '완료되면 사진 레이어 숨기기',
  },

  agree: {
    locked: (names) => `잠긴 레이어: ${names}.`,
    component: (names) => `컴포넌트: ${names}. 모든 인스턴스가 바뀝니다.`,
    components: (names) => `컴포넌트: ${names}. 모든 인스턴스가 바뀝니다.`,
    yes: '그래도 채우기',
  },

  fill: {
    one: '프레임 채우기',
    many: (count) => `프레임 ${count}개 채우기`,
    hindrances: {
      'nothing-selected': '먼저 프레임을 선택하세요.',
      'no-source': '먼저 사진을 선택하세요.',
      'opening-source': '사진을 여는 중…',
      'bad-photo': '다른 사진을 선택하세요.',
      'too-small': '이 해상도에서는 프레임이 너무 작습니다.',
      'bad-settings': '표시된 설정을 먼저 고치세요.',
      'must-agree': '위의 질문에 먼저 답하세요.',
      'not-connected': '서버를 기다리는 중입니다.',
    },
  },

  frames: {
    empty: '채우고 있는 프레임이 여기에 나타납니다.',
    sending: '사진 보내는 중',
    placing: '프레임에 넣는 중',
    placed: (size) => `채우기 완료, ${size} px`,
    placedVariant: (n, count, size) => `시안 ${count}개 중 ${n}번째, ${size} px`,
    draftPlaced: '초안을 프레임에 넣었습니다.',
    unsent: '사진을 보내지 못했습니다',
    unplaced: '그림을 프레임에 넣지 못했습니다',
    lost: '연결이 끊겼습니다',
    unfollowed: '서버가 진행 상황을 알려 주지 않았습니다',
    lostNext: '작업은 서버에서 계속됩니다. 이 창은 저절로 다시 연결됩니다.',
    gone: '서버에 이 파노라마가 없습니다',
    goneNext: '창을 닫기 전에 서버에 도착하지 못했거나 삭제되었습니다. 프레임을 다시 채우세요.',
    canceled: '취소됨',
    failed: '만들지 못했습니다',
    closeWindow: '이 창을 닫아도 작업은 계속되고, 다시 열면 결과가 프레임에 들어갑니다.',
    obstacles: {
      deleted: { title: '프레임이 삭제되었습니다', text: '파노라마를 별도의 레이어로 놓을 수 있습니다.' },
      resized: (was, now) => ({
        title: '프레임의 크기가 바뀌었습니다',
        text: `파노라마는 ${was} px이고 프레임에는 ${now} px이 필요합니다.`,
      }),
      locked: { title: '프레임이 잠겨 있습니다', text: '잠금을 풀고 다시 시도하세요.' },
      'wrong-size': (got, expected) => ({
        title: '서버가 잘못된 그림을 보냈습니다',
        text: `필요한 크기: ${expected} px, 받은 것: ${got}. 바뀐 것은 없습니다.`,
      }),
      refused: { title: 'Figma가 그림을 받아들이지 않았습니다', text: '바뀐 것은 없습니다.' },
    },
    unknownSize: '그림이 아님',
    variants: '시안',
    variant: (n) => `시안 ${n}`,
    previous: '이전 시안',
    next: '다음 시안',
    actions: {
      cancel: '취소',
      done: '완료',
      dismiss: '목록에서 제거',
      again: '다른 시드로 다시',
      restore: '원본 복원',
      reveal: 'Figma에서 보기',
      retry: '다시 시도',
      asLayer: '레이어로 놓기',
      fit: '새 크기로 다시 만들기',
    },
    progressOf: (name) => `${name} 진행률`,
  },

  restored: {
    done: (count) => (count === 1 ? '원본을 되돌렸습니다.' : `원본 ${count}개를 되돌렸습니다.`),
    failed: (names) => `복원하지 못함: ${names}.`,
  },

  relaunch: (mode, source, size) => `${mode}: “${source}”, ${size} px`,

  toasts: {
    starting: '선택한 레이어를 확인하는 중…',
    sending: '사진을 보내는 중…',
    lost: '서버를 기다리는 중…',
    cancel: '취소',
    progress: (what, phase, percent) => `${what}: ${phase === '' ? percent : `${phase}, ${percent}`}`,
    count: (n, of) => `프레임 ${of}개 중 ${n}번째`,
    filled: (name, size) => `“${name}” 채우기 완료, ${size} px`,
    filledMany: (count) => `프레임 ${count}개를 채웠습니다.`,
    canceled: '취소했습니다. 바뀐 것은 없습니다.',
  },

  guide: {
    heading: '사용 방법',
    steps: [
      '배경 사진이 다 채우지 못하는 프레임을 선택하거나, 프레임과 사진을 함께 선택하세요.',
      '그림 안의 사진을 원하는 자리로 끌어 놓고 방식을 고르세요. ‘확장’은 사진을 그대로 두고 이어 그립니다.',
      '“프레임 채우기”를 누르세요. 초안은 몇 초 안에, 결과는 서버가 사진을 학습한 뒤에 나옵니다.',
    ],
    more: '알아 두기',
    notes: [
      '사진은 직접 운영하는 서버로만 갑니다.',
      '실행 취소 한 번이면 파노라마 전체가 되돌아가고, “Restore original”로 나중에도 되돌릴 수 있습니다.',
      '채워진 프레임에서 “Resize to frame”을 실행하면 창 없이 새 크기로 다시 만듭니다.',
      '여러 프레임을 한꺼번에 채워도 서버는 사진을 한 번만 학습합니다.',
    ],
    language: '언어',
  },
};
