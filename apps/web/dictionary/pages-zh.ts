// The words of what is loaded after the first screen, in Simplified Chinese.
import type { PagesDictionary } from './pages-en.ts';
import { zh } from './zh.ts';

const count = new Intl.NumberFormat('zh-CN');
/** 一轮；一个周期有几个阶段时，是各阶段一轮的一次。 */
const session = (phases: number): string => (phases === 1 ? '一轮' : `一次（${phases} 轮）`);

export const pagesZh: PagesDictionary = {
  reason: (reason, now) => {
    switch (reason.code) {
      case 'not-opted-in':
        return zh.notOptedIn;
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
  updateWaiting: '正在等待更多人；你的更新还没有任何部分离开这个浏览器。',
  policyUnknown: '尚不清楚：这个浏览器还没有取得并核对规则。',
  said: { like: '喜欢', dislike: '不感兴趣', seen: '看过' },
  whyHere: {
    heading: '为什么在这里？',
    place: (place) => `在你的列表中排第 ${place} 位`,
    beyond: '不在你的列表的前 100 位',
    nothingSaid: (newest) =>
      newest === null ? '你说过的内容对它没有影响。' : `你最近说过的 ${count.format(newest)} 项对它没有影响。`,
    lead: (newest) =>
      newest === null
        ? '你说过的每一项使它上升或下降多少，都在本设备上精确算出。很久以前说的算得少些。'
        : `依次去掉你最近说过的 ${count.format(newest)} 项中的每一项，它会移动多少，在本设备上算出。更早的也算数，但不列出。`,
    tunedToo: '你对列表的调整也会移动它。',
    share: (share) => `${share < 0 ? '−' : '+'}${Math.round(Math.abs(share) * 100)}%`,
    ask: '没有它呢？',
    askOf: (title) => `没有《${title}》，它会排在哪里？`,
    asking: '正在计算……',
    without: (before, place) => {
      if (place === null) {
        return before === null ? '没有它，同样靠后。' : '没有它，就不在前 100 位。';
      }
      const move = before === null || place < before ? '升到' : place > before ? '降到' : '仍在';
      return `没有它，会${move}第 ${place} 位。`;
    },
    more: (n) => `再显示 ${count.format(n)} 项`,
    rest: (n) => `另有 ${count.format(n)} 项，每项不到 1%。`,
  },
  tuning: {
    lead: '立即生效。和历史一样保存在本设备上，从不发送。',
    sliders: {
      popularity: ['知名度', '广为人知', '鲜为人知'],
      novelty: ['新鲜度', '像我熟悉的', '对我新鲜的'],
      diversity: ['多样性', '最佳优先', '多样'],
    },
    at: (percent, end) => (percent === 0 ? '居中' : `偏向${end} ${percent}%`),
    genres: '类型',
    less: (genre) => `少一些${genre}`,
    more: (genre) => `多一些${genre}`,
    reset: '恢复标准列表',
  },
  rowChange: {
    what: {
      deleted: (title) => `已删除《${title}》。`,
      restored: (title) => `《${title}》已恢复。`,
      changed: (title) => `已更改《${title}》。`,
    },
    howMany: (changed, listed) =>
      changed === 0 ? `${listed} 条推荐都没有变。` : `${listed} 条推荐中变了 ${changed} 条。`,
    left: (titles) => `离开：${titles}`,
    came: (titles) => `新来：${titles}`,
    proof: (isDeleted, rows) =>
      isDeleted
        ? `列表已根据剩下的 ${count.format(rows)} 条记录重新计算，其中没有被删记录的任何痕迹。`
        : `列表已根据 ${count.format(rows)} 条记录重新计算。`,
  },
  ask: {
    heading: '愿意帮助大家的推荐变得更好吗？',
    body: '你的设备会用你的喜好训练，并发送很小的、加了噪声的更新。喜好本身绝不离开本设备。',
    yes: '告诉我怎么做',
    no: '以后再说',
  },
  item: {
    back: '返回浏览',
    directors: '导演',
    countries: '制片国家或地区',
    genres: '类型',
    year: '年份',
    externalId: '外部编号',
    similar: '相似影片',
    similarLead: '在模型中与它相近，对所有人都一样。',
    noSimilar: '暂时没有相近的影片。',
    missing: '这里没有这部影片。',
    missingHint: '链接生成之后，片库可能有了变化。',
    drawn: '这幅图由程序绘制，不是影片的正式海报。',
  },
  part: {
    heading: '参与',
    lead: '每个开关各管一件事，立即生效；关闭也只需同样点一下。',
    keep: '在本设备保留我的历史',
    keepWhat: '喜欢、不适合我和看过都留在这个浏览器里，下次打开时推荐还在。',
    keepOff: '关闭之后，新的标记会在关闭标签页时忘记；已保存的内容会留到你清除为止。',
    train: '在本机训练',
    trainWhat: '由本设备算出共同模型怎样更符合你的喜好，结果留在本机。',
    trainNeeds: '需要先打开“在本设备保留我的历史”。',
    send: '发送受保护的更新',
    sendWhat: '结果在本设备上裁剪、加噪声、加掩码。只有与其他人的相加之后，掩码才会消去。',
    sendWhatAlone: '结果在本设备上裁剪、加噪声，然后单独发出，不加掩码。',
    sendWhatUnknown: '结果在本设备上裁剪、加噪声。之后怎样发送，尚不清楚。',
    sendNeeds: '需要先打开“在本机训练”。',
    alone: '也允许单独发送',
    aloneWhat: '这里参与的人太少，用不了掩码。服务器会直接读到你这一份加噪更新，保护它的只有本设备加入的噪声。',
    aloneCost: (epsilon, phases) => `参加${session(phases)}的代价是 ε ${epsilon}。`,
    aloneNoGuarantee: (epsilon, phases) => `参加${session(phases)}的代价是 ε ${epsilon}：没有实际意义的保证。`,
    aloneUnused: '这里的更新都有掩码，这个开关目前不起作用。',
    aloneNeeds: '需要先打开“发送受保护的更新”。',
    termsChanged: (isAlone, epsilon, promises, phases) =>
      `你同意之后规则变了：${isAlone ? '更新现在单独发送，' : ''}参加${session(phases)}的代价现在是 ε ${epsilon}${promises ? '' : '，没有实际意义的保证'}。再次同意之前不发送。`,
    termsAlone: '单独发送要另外选择：同意之后，“也允许单独发送”是关闭的，需要你再次打开。',
    agreeAgain: '同意新的规则',
    on: '开',
    off: '关',
    facts: '这意味着什么',
    what: '发送什么',
    whatText: (numbers) =>
      `一列 ${count.format(numbers)} 个数字：共同模型应当怎样调整。不论你喜欢什么，长度对每个人都一样。`,
    whatPhases: (phases) =>
      `每个阶段各一列：${phases.map(([name, numbers]) => `${name}，${count.format(numbers)} 个数字`).join('；')}。不论你喜欢什么，长度对每个人都一样。`,
    phases: {
      train: '训练',
      popularity: '每部影片有多受欢迎',
      'co-occurrence': '哪些影片会一起被喜欢',
      centroids: '各个口味群体的区别',
      likes: '每个群体喜欢什么',
    },
    why: '为什么',
    whyText: '把许多这样的数字取平均，大家的推荐都会更好，而没有任何人的历史被集中到一处。',
    howMuch: '多少',
    howMuchText: (upload, sessions, phases) =>
      phases === 1
        ? `每轮至多上传 ${upload}。隐私上限总共允许 ${sessions} 轮。`
        : `每轮至多上传 ${upload}，一次参与是 ${phases} 个阶段各一轮。隐私上限总共允许 ${sessions} 次。`,
    who: '由谁运营',
    whoText: (host) => `位于 ${host} 的服务器。`,
    whoMasked: (least) =>
      `如果它遵守协议，就只能读到至少 ${least} 份更新之和；如果它假扮其他所有人，保护你的就只有本设备的噪声。`,
    whoAlone: '它会逐份读到每一份加噪更新。',
    whoMore: '谁能看到什么',
    round: '本轮的每一步',
    roundIdle: '你的设备参加一轮时，每一步会显示在这里。',
    roundFirst: '打开第三个开关就能看到。',
    steps: {
      trained: ['在本设备训练', '先算出更新，再告诉任何人。'],
      joined: ['加入', '服务器知道有一台设备在这里。'],
      config: ['核对条款', '人数、噪声和上限，与本页内置的规则逐条比对。'],
      noised: ['裁剪并加噪声', '噪声在本设备上加入，先于其他一切。'],
      keys: ['公布两把公钥', '只为这一轮生成。'],
      shares: ['分发份额', '掩码秘密的碎片，加密后交给本轮的其他人。'],
      charged: ['记入隐私预算', '在更新的第一个字节发出之前写下。'],
      sent: ['发送', '对每个人都是同样的字节数。'],
      confirmed: ['核对名单', '所有设备看到的参与名单是否相同？'],
      unmasked: ['打开总和', '等足够多的设备看到的一致，本设备才交出份额。'],
      aggregating: ['与其他人的相加', '服务器正在算出新模型。'],
      published: ['新模型', '你的推荐已经在用它。'],
      aborted: ['本轮中止', '没有产生新模型。'],
    },
    stepOut: ['已不在这一轮', '这个浏览器不知道它是否产生了新模型。'],
    stepModel: (version) => `模型 ${version}`,
    aborts: {
      'too-few': '剩下的人太少。',
      'too-few-shares': '留下来打开总和的人太少。',
      'bad-shares': '有人的份额对不上。',
      stopped: '运营者停止了它。',
      'server-error': '服务器未能完成。',
      left: '本设备退出了这一轮。',
      late: '这一轮在没有本设备的情况下继续了。',
      'connection-lost': '连接断开了。',
    },
    stepDone: '完成',
    stepNow: '进行中',
    stepNext: '未开始',
    numbers: '到目前为止',
    modelVersion: '模型版本',
    rounds: '已参加轮数',
    spent: '已用隐私预算',
    spentOf: (spent, cap) => `ε ${spent} / ${cap}`,
    more: '关于预算的全部内容在“隐私”页。',
    gpc: '你的浏览器要求网站不共享数据（Global Privacy Control）。我们不会主动询问你是否参与；需要时开关就在这里。',
  },
  data: {
    heading: '我的数据',
    lead: 'Tacit 知道的关于你的一切都在这个浏览器里，也都在这一页上。',
    storage: {
      durable: '保存在这个浏览器里，浏览器承诺保留。',
      'best-effort': '保存在这个浏览器里。空间不足时浏览器可能清除：重要的话请导出。',
      memory: '这个窗口不保存任何内容：它是隐私窗口，或没有存储。关闭之后一切都会消失。',
    },
    faults: {
      quota: '浏览器没有空间了，上一次改动没有保存。',
      blocked: '另一个标签页占用着旧版本的存储。请关闭本站的其他标签页。',
      terminated: '浏览器关闭了存储。请重新加载本页。',
    },
    history: '历史',
    rows: (n) => `${count.format(n)} 部`,
    title: '片名',
    action: '你的标记',
    when: '时间',
    remove: '删除',
    removeOf: (title) => `从历史中删除《${title}》`,
    changeOf: (title) => `你对《${title}》的标记`,
    empty: '这里还没有内容。',
    emptyHint: '你喜欢、不要或看过的影片会列在这里。',
    unknownItem: '已不在片库中',
    take: '带走',
    takeText: '一个 JSON 文件，含你的历史、开关、对列表的调整和隐私账本。导入时与现有内容合并，较新的条目优先。',
    export: '导出',
    import: '导入',
    exported: '已导出。',
    exportFailed: '未能导出。',
    imported: (added, updated, unchanged, rejected) =>
      `已导入：新增 ${added} 条，更新 ${updated} 条，${unchanged} 条不变${rejected > 0 ? `，拒绝 ${rejected} 条` : ''}。`,
    importFailed: '无法导入这个文件。',
    eraseHeading: '全部清除',
    eraseText: '立即删除你的历史、从中学到的内容、你的开关、对列表的调整，以及等待发送的内容。10 秒内可以撤销。',
    ledgerStays:
      '只有一样会留下：已经用掉多少隐私预算。如果连它也忘掉，服务器就可以一次又一次地询问你，上限便形同虚设。其中没有任何片名。',
    erase: '全部清除…',
    eraseAsk: '要全部清除吗？',
    eraseAskText: (n) =>
      `${n === 0 ? '你的设置' : `${count.format(n)} 部影片的标记和你的设置`}会立即删除。已用的隐私预算会留下。`,
    eraseYes: '清除',
    eraseNo: '保留',
    erased: '已清除，只剩隐私账本。',
    eraseFailed: '未能全部清除，请重试。',
  },
  bytes: (n) =>
    n < 1000
      ? `${n} 字节`
      : n < 1_000_000
        ? `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)} KB`
        : `${(n / 1_000_000).toFixed(1)} MB`,
  seconds: (n) => `${n} 秒`,
  formerCountries: { SU: '苏联', YU: '南斯拉夫', CS: '捷克斯洛伐克', DD: '东德' },
};

function duration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 90 ? `${seconds} 秒` : `${Math.ceil(seconds / 60)} 分钟`;
}
