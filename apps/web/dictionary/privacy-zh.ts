// The words of the Privacy page in Simplified Chinese.
import { backendZh } from './backend-zh.ts';
import type { PrivacyDictionary } from './privacy-en.ts';

const count = new Intl.NumberFormat('zh-CN');
/** 轮；一个周期有几个阶段时，是各阶段一轮的次数。 */
const sessions = (n: number, phases: number): string =>
  phases === 1 ? `${count.format(n)} 轮` : `${count.format(n)} 次（每次 ${phases} 轮）`;

const lastMasked = '你的上一份更新，一步一步来看。交给服务器的只有最后一幅。';

export const privacyZh: PrivacyDictionary = {
  meter: '你的隐私预算',
  meterText: (spent, cap) => `已用 ε ${spent}，上限 ${cap}`,
  meterNone: '这个账户还没有记入任何消耗，预算全部可用。',
  meterWords: (rounds, left, phases) =>
    `已为 ${count.format(rounds)} 轮付出预算。上限${left === 0 ? '已没有余地' : `还允许 ${sessions(left, phases)}`}；到达之后，不论服务器怎么要求，这个浏览器都会拒绝。`,
  meterWordsUnknown: (rounds) => `已为 ${count.format(rounds)} 轮付出预算。上限还允许多少轮，尚不清楚。`,
  meterMeaning: (factor, delta) =>
    `换句话说：有人根据各轮的总和与已发布的模型得出的任何结论，其可能性至多是你从未参与时的 ${factor} 倍，例外的概率为 ${delta}。越接近 1 越好。前提是服务器遵守协议。`,
  exact: '精确数字',
  exactText: (delta) =>
    `delta 为 ${delta} 时的 epsilon，按这个浏览器存储的整个期限计，用零集中差分隐私对每次参与完整累加，不因人多而打折。`,

  updateOnItsWay: (least) =>
    `你的更新已加掩码发出，这一轮还在进行。如果服务器遵守协议，它只能在至少 ${count.format(least)} 份之和里读到这份更新。`,
  updateAmongOthers: (others, spent, cap) =>
    `你的更新先与至少 ${count.format(others)} 份其他人的更新相加，服务器才能读到。若服务器遵守协议，保证为 epsilon = ${spent}（这个浏览器已用的总量，你的上限为 ${cap}）。`,
  updateAlone: (epsilon) => `单独发送，只由这里加入的噪声保护（epsilon = ${epsilon}）。`,
  updateStopped: '你的更新加掩码发出之后，这一轮中止了，没有产生新模型。已记入的消耗不会退回。',
  updateLeftOut:
    '你的更新已加掩码发出，但这一轮在没有它的情况下继续了。如果服务器遵守协议，它仍然是隐藏的。已记入的消耗不会退回。',
  updateUnknown: (least) =>
    `你的更新已加掩码发出，而这个浏览器不知道这一轮如何结束。如果服务器遵守协议，它只能在至少 ${count.format(least)} 份之和里读到这份更新。已记入的消耗不会退回。`,
  simulatedNote: (n, z, epsilon, promises) =>
    `但这里有 ${count.format(n)} 位参与者是由这台服务器自己模拟的，它知道他们加入了什么。所以对运营它的人，只有这个浏览器的噪声算数：z = ${z}，单轮 ε = ${epsilon}${promises ? '' : '，没有实际意义的保证'}。换成真实的人，本页关于总和的说法才成立。`,
  details: '这里没有保证的',
  detailActive: (z, guarantee) => `如果服务器假扮其他所有人：只剩这个浏览器的噪声，z = ${z}，${guarantee}。`,
  detailAloneActive: '如果服务器假扮其他所有人：没有区别，这里本来就不靠别人的噪声。',
  detailHidden: '没有隐藏的：你参与过、参与的时间，以及你的网络地址。',
  detailProfile: '预算只针对这个浏览器配置。',
  guarantee: (epsilon) => `单轮 ε = ${epsilon}`,
  noGuarantee: '没有实际意义的保证',

  sent: '发送了什么',
  sentNone: '打开本页以来还没有为任何一轮算出更新。算出之后会显示图示，图示从不保存。',
  sentLead: {
    waiting: '你的下一份更新，一步一步来看。还没有任何内容离开。',
    'on-its-way': lastMasked,
    'among-others': lastMasked,
    'round-stopped': lastMasked,
    'left-out': lastMasked,
    unknown: lastMasked,
    alone: '你的上一份更新，一步一步来看。交给服务器的是最后一幅，没有掩码。',
  },
  panels: {
    raw: ['原始', '训练得到的结果。'],
    clipped: ['裁剪', '不超过固定的长度，使任何人都不会影响过大。'],
    rotated: ['旋转', '每个数都变成所有数的混合。'],
    noised: ['加噪声', '取整，再给每个数加上随机噪声。'],
    masked: ['加掩码', '盖上掩码，只有相加之后才会消去。'],
  },
  place: {
    stays: '留在这个浏览器里',
    underMask: '只在掩码之下离开',
    notYet: '尚未离开',
    left: '已离开这个浏览器',
  },
  panelNumbers: (n, bytes) => `${count.format(n)} 个数，${bytes}`,
  panelToSend: (n, bytes) => `${count.format(n)} 个数，将发送 ${bytes}`,
  panelSent: (n, bytes) => `${count.format(n)} 个数，已发送 ${bytes}`,
  panelLength: (length) => `长度 ${length}`,
  panelRange: (least, most) => `从 ${least} 到 ${most}`,
  panelFirst: (numbers, more) => `${numbers.join(', ')}${more ? ', …' : ''}`,
  panelPicture: (name, n, least, most) => `${name}：${count.format(n)} 个数，从 ${least} 到 ${most}`,
  panelBefore: '前景：加噪声之前的同一份。',
  panelSeenBy: '可能看到它的',
  noise: (std, scale) =>
    `从加噪声起，数字以整数为单位，${scale} 个单位等于 1。这个浏览器的噪声：标准差 ${std} 个单位。`,
  noiseOfSum: (z) => `所有人之和的噪声倍数：z = ${z}。`,
  noiseByItself: (z) => `它的噪声倍数：z = ${z}。`,

  watchers: {
    honest: '遵守协议的服务器',
    active: '假扮其他人的服务器',
    readers: '读模型的人',
    network: '网络',
    code: '换掉代码的服务器',
  },
  tagInSum: (least) => `至少 ${least} 份之和`,
  tagInModels: '总和之中',
  tagSize: '大小',

  messages: '这一轮的每条消息',
  messagesLead: '这个浏览器入座之后说过的话。大小对每个人都一样：由规则和人数决定，与你喜欢什么无关。',
  messageKinds: {
    advertise: '两把公钥',
    shares: '掩码秘密的份额（已加密）',
    masked: '加掩码的更新',
    local: '加噪声的更新',
    confirm: '告诉邻居总和里有谁',
    unmask: '打开总和的份额',
  },
  messageKind: '消息',
  messageSize: '大小',
  messagesTotal: '合计',
  messagesNone: '这一轮里还没有发出任何消息。',
  exactBytes: (n) => `${count.format(n)} 字节`,

  could: '谁能看到其中的什么',
  couldText: {
    honest: (least, spent, cap) =>
      `至少 ${count.format(least)} 份加噪更新之和。单看你的那一份，只有加掩码的样子，看上去是随机数。还有你参与过、参与的时间和你的地址。你的账本：已用 ε = ${spent}，上限 ${cap}。`,
    honestAlone: (guarantee) => `你这一份加噪更新本身：${guarantee}。还有你参与过、参与的时间和你的地址。`,
    active: (z, guarantee) => `你这一份加噪更新本身，只由这个浏览器的噪声保护：z = ${z}，${guarantee}。`,
    activeAlone: '没有更多：读你的加噪更新本来就不需要其他人。',
    readers: (spent, cap) => `各轮总和对模型的影响。你的账本：已用 ε = ${spent}，上限 ${cap}，前提是服务器遵守协议。`,
    network: '你参与过，以及参与的时间。大小对每个人都一样。',
    code: '一切：上面每一幅图，还有你的历史。在网页上，服务器给出的代码是信任的根。',
  },
  couldNames: {
    honest: '遵守协议的服务器',
    active: '假扮其他所有人的服务器',
    readers: '读遍所有已发布模型的人',
    network: '你与服务器之间的网络',
    code: '给这个浏览器换了代码的服务器',
  },

  ledger: '账本',
  ledgerLead: '这个浏览器进入过的每一轮各占一行；没有记入消耗的行，两天之后会被忘记。没有片名。',
  ledgerEmpty: '没有记录：没有记入任何消耗，近来也没有进入过任何一轮。',
  ledgerSince: (date) => `这个账户从 ${date} 起在这个浏览器里开始记录。`,
  ledgerSinceUnknown: '账本读不出来，因此不发送。',
  ledgerResets:
    '清除网站数据、隐私窗口、另一个浏览器，或会删除存储的浏览器，都会开始一个新账户；之前的消耗仍然发生过。',
  ledgerExport: '导出账本',
  ledgerRound: '轮次',
  ledgerWhen: '时间',
  ledgerPlace: (epoch, phase) => `第 ${count.format(epoch)} 周期，第 ${phase} 阶段`,
  ledgerMode: '方式',
  ledgerModes: { 1: '加掩码', 4: '单独' },
  ledgerCost: '代价 (ρ)',
  ledgerFree: '无',
  ledgerSize: '发送',
  ledgerCohort: '人数',
  ledgerResult: '结果',
  ledgerStatus: {
    entered: '只占了座位，未记入消耗，也未发送',
    charged: '已记入消耗，是否发出未知',
    sent: '已发送',
    published: '已进入模型',
    aborted: '已记入消耗；就这个浏览器所知，未进入任何模型',
  },
  ledgerAbortedFree: '在更新发出任何部分之前就结束了',

  who: '对谁成立',
  whoLead: '这里的保证针对遵守协议、但会看遍所有收到内容的服务器。服务器若违反协议，就只剩你自己设备的噪声。',
  whoLeadAlone: '这里的更新是单独发送的。服务器会读到每一份，保护它的只有你自己设备的噪声。',
  whoColumns: ['谁', '能看到', '靠什么保护你'],
  whoRows: (least, z, guarantee) => [
    [
      '这台服务器，遵守协议',
      `至少 ${count.format(least)} 份加噪更新之和。你参与过、参与的时间和你的地址`,
      '掩码，以及总和里每个人的噪声：账本上的 epsilon',
    ],
    ['同上，并与至多十分之一的参与者串通', '总和减去那些人加入的部分', '本来就没有把他们的噪声算在内，epsilon 不变'],
    [
      '这台服务器，让不同的人看到不同的参与名单',
      '没有更多，除非你周围的许多人都是它假扮的',
      '设备之间互相核对名单，足够多的设备看到的一致，才交出份额',
    ],
    ['这台服务器，假扮其他所有人', '你这一份加噪更新本身', `只有你自己设备的噪声：z = ${z}，${guarantee}`],
    ['读遍所有已发布模型的人', '加噪更新之和对模型的影响', '账本上的 epsilon，前提是服务器遵守协议'],
    ...others('有多少人参与、只为这一轮生成的公钥，以及已发布的模型'),
  ],
  whoRowsAlone: (guarantee) => [
    ['这台服务器', '你这一份加噪更新本身。你参与过、参与的时间和你的地址', `你自己设备的噪声：${guarantee}`],
    ['读遍所有已发布模型的人', '加噪更新的平均对模型的影响', '账本上的 epsilon，或者更好'],
    ...others('已发布的模型'),
  ],

  policy: '这个联邦的规则',
  policyLead: '由服务器公布。这个浏览器核对过，并按这里所写的要求每一轮。',
  policyRows: {
    trainable: '可训练的数字 (D)',
    cohort: '每轮人数',
    cohortText: (least, most) => `${count.format(least)} 至 ${count.format(most)}`,
    noise: '噪声倍数 (z)',
    noiseAlone: '单台设备的 z',
    clipping: '裁剪上限 (L2)',
    delta: 'Delta',
    cap: 'Epsilon 上限',
    capText: (cap, n, phases) => `${cap}，可参加 ${sessions(n, phases)}`,
    learner: '学习方法',
    place: '当前位置',
    placeText: (epoch, phase, phases) => `第 ${count.format(epoch)} 周期，第 ${phase} / ${phases} 阶段`,
    cooldown: '两轮之间的休息',
    mode: '模式',
    modeText: (mode) => (mode === 1 ? '1：安全聚合，服务器只读总和' : '4：单独发送，没有掩码'),
    hash: '策略哈希',
  },
  crowd: (once, n, all, phases) =>
    `以现在的人数，参加${phases === 1 ? '一轮' : ` ${sessions(1, phases)}`}的代价是 ε ${once}，上限允许 ${sessions(n, phases)}，合计 ε ${all}。`,
  crowdNeeded: (epsilon, people, now) =>
    `要在 ε ${epsilon} 之内得到同样的质量，一轮大约需要 ${count.format(people)} 人，而不是 ${count.format(now)} 人。`,
  crowdEnough: (epsilon) => `这已经在 ε ${epsilon} 之内。`,
  trainable: (numbers, cohort, useful, parts) =>
    `每轮至多 ${count.format(cohort)} 人，噪声之下大约只容得下 ${count.format(useful)} 个有用的数字。所以这个联邦学习 ${count.format(numbers)} 个：${parts.join('；')}。其余保持公开资料所说的样子。人更多时可以学得更多。`,
  parts: {
    projection: (rows) => `${count.format(rows)} 种公开资料的组合（类型、年代、导演）与喜好的关系`,
    popularity: (rows) => `${count.format(rows)} 种这样的组合有多受欢迎`,
    gram: () => '哪些喜好方向会一起出现',
    offsets: (rows, turns) =>
      `最受欢迎的 ${count.format(rows)} 部影片各自的特别之处${turns === 1 ? '' : `，分 ${count.format(turns)} 轮`}`,
    weight: () => '每份更新平均占多少分量',
    histogram: (rows) => `${count.format(rows)} 部影片各有多受欢迎`,
    triangle: (rows) => `最受欢迎的 ${count.format(rows)} 部影片中哪些会一起被喜欢`,
    centroids: (rows) => `${count.format(rows)} 个口味群体的区别`,
    likes: (rows) => `${count.format(rows)} 个群体各自喜欢什么`,
  },
  learners: {
    reconstruction: '重构。对你口味的描述只在本设备，发送的是影片的共同描述应当怎样调整。',
    'co-occurrence': '共现。影片有多受欢迎，哪些会一起被喜欢。',
    communities: '群体。口味与你相近的人喜欢什么。任何地方都没有“邻居”：只有本设备自己算出哪个群体与你接近。',
  },
  advice: {
    helps: (crowd) =>
      `顾问的判断（来自模拟，不来自这里的人）：有 ${count.format(crowd)} 人时，可以预期共同模型比已知每部影片受欢迎程度的公开内容更好。`,
    unclear: (crowd) =>
      `顾问的判断（来自模拟，不来自这里的人）：有 ${count.format(crowd)} 人时，无法断定共同模型是否比已知每部影片受欢迎程度的公开内容更好。这个浏览器会为你比较，并采用较好的一个。`,
    harmful: (crowd) =>
      `顾问的判断（来自模拟，不来自这里的人）：有 ${count.format(crowd)} 人时，可以预期共同模型比已知每部影片受欢迎程度的公开内容更差。这个浏览器会用你自己的喜欢比较两者，并采用较好的一个。`,
  },
  phasesLead: (phases) => `一个周期有 ${phases} 个阶段。每个阶段这个浏览器至多参加一轮，各阶段一轮合起来是一次参与。`,
  phase: (what, rounds, numbers, z, epsilon) =>
    `${what}：${count.format(rounds)} 轮，${count.format(numbers)} 个数字，z = ${z}，ε = ${epsilon}`,
  simulated: (n) => `有 ${count.format(n)} 位模拟参与者。他们运行真实的代码，加入真实的噪声；人并不存在。`,
  backend: backendZh,
  better: '对你来说更好吗？',
  betterLead: '依次藏起你的每一个喜欢，看三种排序能否把它找回来。在本设备上计算，不发给任何人。',
  betterFew: (likes) => `需要至少 5 个喜欢，你有 ${likes} 个。`,
  betterChoice: ({ used, why, likes }, isTaught) => {
    const model = isTaught ? '共同模型' : '还没有人教过的共同模型';
    switch (why) {
      case 'few':
        return `你的列表由${model}排序。从两个喜欢起，本设备会拿它和公开资料比较。`;
      case 'unusable':
        return '你的列表只用公开资料在本设备上排序：共同模型没有给出可用的分数。';
      case 'close':
        return `你的列表由${model}排序：对 ${likes} 个藏起的喜欢，公开资料差不多一样好。`;
      case 'better':
        return used === 'shared'
          ? `你的列表由${model}排序：它把 ${likes} 个藏起的喜欢排得比公开资料更靠前。`
          : `你的列表只用公开资料在本设备上排序：它把 ${likes} 个藏起的喜欢排得比${model}更靠前。`;
    }
  },
  betterChoiceWhen: '模型更新时，以及到第 2、3、5、8、12 个喜欢……时重新比较，列表不会随每次点击翻来覆去。',
  betterRankings: { shared: '用共同模型', alone: '只用本设备', popular: '热门' },
  betterScore: (value, half) => `${value} ± ${half}`,
  betterN: (n) => `对 ${n} 个藏起的喜欢计算 NDCG@10：1 表示每次都排在第一，0 表示从未进入前十。± 为 95% 区间。`,
  betterVerdict: {
    better: '对你来说，共同模型比只用本设备更好。',
    worse: '对你来说，共同模型比只用本设备更差。这种情况会发生，我们如实显示。',
    unclear: '难分高下：区间重叠。',
  },
  betterAgain: '再比一次',
  betterRunning: '正在比较…',
  betterFailed: '这次没有比较成功。',
};

function others(participants: string): readonly (readonly [string, string, string])[] {
  return [
    ['其他参与者', participants, '与任何读模型的人相同'],
    ['网络', '你参与过，以及参与的时间', '大小对每个人都一样；https 加密内容'],
    [
      '换掉代码的服务器',
      '一切，包括你的历史',
      '本页挡不住：代码的来源是信任的根。任何人都可以重新构建页面，与实际提供的文件比对',
    ],
    ['浏览器扩展、这台电脑上的其他程序', '这个浏览器存储的内容', '本页挡不住。本页不从其他网站加载任何内容'],
  ];
}
