// The words of the first screen, in Simplified Chinese, which come where that is the language.
import type { Dictionary } from './en.ts';

const count = new Intl.NumberFormat('zh-CN');

export const zh: Dictionary = {
  name: '中文',
  skip: '跳到正文',
  navigation: '页面',
  nav: { browse: '浏览', part: '参与', data: '我的数据', privacy: '隐私' },
  title: {
    browse: '浏览 · Tacit',
    item: (title) => `${title} · Tacit`,
    part: '参与 · Tacit',
    data: '我的数据 · Tacit',
    privacy: '隐私 · Tacit',
  },
  language: '语言：中文。切换到 English',
  languageOther: 'English',
  languageFailed: '未能加载 English。',
  theme: { label: '配色', auto: '自动', light: '浅色', dark: '深色' },
  simulated: (n) =>
    n === 0 ? '没有模拟参与者。' : `这里有 ${count.format(n)} 位参与者是模拟的：代码是真的，人是虚构的。`,
  simulatedTag: '模拟',
  states: {
    off: '未参与',
    waiting: '等待中',
    training: '训练中',
    sending: '发送中',
    pending: '等待其他人的更新',
    paused: '已暂停',
  },
  waitingForPeople: '等待人数',
  reason: (reason, now) => {
    switch (reason.code) {
      case 'not-opted-in':
        return '没有任何内容离开本设备';
      case 'training-only':
        return '只在本机训练，不发送';
      case 'people':
        return reason.joined < reason.needed
          ? `需要 ${reason.needed} 人，已到 ${reason.joined} 人`
          : `已到 ${reason.joined} 人，即将开始`;
      case 'connecting':
        return '正在连接服务器';
      case 'progress':
        return `已完成 ${Math.round(reason.fraction * 100)}%`;
      case 'others':
        return reason.expected === 0 ? '你的更新已发出' : `已收到 ${reason.received} 份更新，共 ${reason.expected} 份`;
      case 'cooldown':
        return `上一轮结束，休息 ${duration(reason.untilMs - now)}`;
      case 'phase-done':
        return '这个阶段已经参加过，等待下一个阶段';
      case 'budget-spent':
        return '隐私预算已用完，不再发送';
      case 'not-secure':
        return '本页不是通过 https 打开的，因此不发送';
      case 'alone-not-allowed':
        return '这里的更新是单独发送的，而你没有允许';
      case 'terms-changed':
        return '你同意之后规则变了，再次同意之前不发送';
      case 'policy-refused':
        return `本设备拒绝了服务器的条款：${reason.detail}`;
      case 'no-history':
        return '先喜欢几部影片：现在还没有可学的内容';
      case 'other-tab':
        return '另一个标签页正在进行';
      case 'offline':
        return '当前离线';
      case 'stopped-by-operator':
        return '运营者停止了所有轮次';
      case 'hidden':
        return '标签页在后台';
      case 'battery':
        return '节省电量';
      case 'save-data':
        return '浏览器开启了省流量';
      case 'metered':
        return '当前网络按流量计费';
      case 'pressure':
        return '设备正忙';
      case 'storage':
        return '无法写入隐私账本，因此不发送';
    }
  },
  sentences: (...texts) => texts.map((text) => text.replace(/[^。]$/, '$&。')).join(''),
  comma: '、',
  withdraw: '停止参与',
  withdrawn: '你已停止参与，不再训练，也不再发送。',
  withdrawalUnsaved:
    '你的退出在本页有效，但这个浏览器未能保存：重新加载会再次打开发送。请腾出一些存储空间，或清除本站的数据。',
  choiceUnsaved: '这个浏览器未能保存这项选择。',
  actions: { like: '喜欢', dislike: '不适合我', seen: '看过' },
  actionOn: (action, title) =>
    ({ like: `喜欢《${title}》`, dislike: `《${title}》不适合我`, seen: `看过《${title}》` })[action],
  did: (action, title) =>
    action === null
      ? `已撤回对《${title}》的标记`
      : { like: `已喜欢《${title}》`, dislike: `《${title}》不适合你`, seen: `已看过《${title}》` }[action],
  undo: '撤销',
  undone: '已撤销。',
  undoHint: '按 Control 加 Z 可撤销',
  dismiss: '关闭',
  recordFailed: '未能保存，没有任何改动。',
  browse: {
    heading: '为你推荐',
    leadPopular: '先看看大家都知道的。喜欢几部之后，这一行马上跟着变。',
    leadOwn: '根据你的喜好，在本设备上算出。',
    all: '全部影片',
    allOther: '全部',
    search: '搜索片名和导演',
    genre: '类型',
    decade: '年代',
    anyGenre: '全部类型',
    anyDecade: '全部年代',
    decadeOf: (start) => `${start} 年代`,
    found: (n) => `${count.format(n)} 部`,
    nothing: '没有符合条件的影片。',
    nothingHint: '试试少写几个字，或换一个类型、年代。',
    clear: '清除搜索和筛选',
    previous: '向前滚动',
    next: '向后滚动',
    forYouEmpty: '能推荐的你都看过了。',
    forYouFailed: '暂时无法推荐。你仍然可以浏览和标记。',
  },
  why: {
    'because-liked': (title) => `因为你喜欢《${title}》`,
    'because-seen': (title) => `因为你看过《${title}》`,
    'because-disliked': (title) => `和《${title}》不同`,
    genre: (genre) => `因为你喜欢${genre}`,
    community: '口味与你相近的人喜欢',
    tuned: '按你对列表的设置',
    popular: '很多人喜欢',
    ask: '没有它会排在哪里？',
    asking: '正在计算……',
    placeWithout: (place) => (place === null ? '没有它：不在前 100' : `没有它：第 ${place} 位`),
  },
  tuning: {
    heading: '调整列表',
    tuned: '已调整',
  },
  sources: { popular: '热门', 'on-device': '本设备', shared: '共同模型' },
  sourceHint: {
    popular: '对所有人都一样。',
    'on-device': '用公开资料和知名度，在本设备上按你的喜好排序。',
    shared: '用大家一起训练的模型，在本设备上按你的喜好排序。',
  },
  poster: (title) => `《${title}》的海报`,
  ask: {
    heading: '愿意帮助大家的推荐变得更好吗？',
    body: '你的设备会用你的喜好训练，并发送很小的、加了噪声的更新。喜好本身绝不离开本设备。',
    yes: '告诉我怎么做',
    no: '以后再说',
  },
  privacy: {
    heading: '隐私',
    lead: '用掉了多少，发送了什么，谁能看到。',
    loading: '正在加载…',
    failed: '页面的这一部分未能加载。',
    failedHint: '服务器上的页面可能有了新版本，请重新加载。',
  },
  faults: {
    unreachable: ['服务器没有回应。', '它还在运行吗？本页会自动重试。'],
    malformed: ['服务器的回答无法理解。', '版本可能不同，请重新加载本页。'],
    engine: ['这个浏览器无法启动引擎。', '请重新加载本页。如果仍然如此，浏览器可能太旧。'],
  },
  retry: '重试',
  offline: '当前离线。浏览和推荐照常，参与会等待。',
  update: '本页有新版本。',
  reload: '重新加载',
  foot: {
    model: '模型',
    rounds: '轮数',
    spent: '已用 ε',
    backend: '训练后端',
    backendNone: '未加载',
    catalogue: (name, licence) => `片库：${name}。${licence}`,
    films: '影片的事实（片名、年份、类型、导演、国家或地区）和对知名度的估计，由本项目编写，MIT 许可证。',
    promise: '没有 cookie，没有跟踪，不访问任何其他来源。',
  },
  genres: {
    Action: '动作',
    Adventure: '冒险',
    Animation: '动画',
    Biography: '传记',
    Children: '儿童',
    "Children's": '儿童',
    Comedy: '喜剧',
    Crime: '犯罪',
    Documentary: '纪录片',
    Drama: '剧情',
    Family: '家庭',
    Fantasy: '奇幻',
    'Film Noir': '黑色电影',
    'Film-Noir': '黑色电影',
    History: '历史',
    Horror: '恐怖',
    IMAX: 'IMAX',
    Music: '音乐',
    Musical: '歌舞',
    Mystery: '悬疑',
    Romance: '爱情',
    'Sci-Fi': '科幻',
    'Science Fiction': '科幻',
    Sport: '体育',
    Thriller: '惊悚',
    War: '战争',
    Western: '西部',
  },
};

function duration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 90 ? `${seconds} 秒` : `${Math.ceil(seconds / 60)} 分钟`;
}
