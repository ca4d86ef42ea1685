// Where training runs and why, in Simplified Chinese.
import type { BackendReason } from '../../engine/api.ts';
import type { BackendWords } from './backend-en.ts';

const count = new Intl.NumberFormat('zh-CN');
const ms = new Intl.NumberFormat('zh-CN', { maximumSignificantDigits: 2 });

const inBrackets = (detail: string): string => (detail === '' ? '' : `（${detail}）`);

const titles = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: '处理器上的 tfjs',
  reference: '纯 JavaScript',
} as const;

type Unusable = Extract<BackendReason, { code: 'unusable' }>;

const unusable: Record<Unusable['why'], (title: string, detail: string) => string> = {
  missing: (title, detail) => `这个浏览器里没有可用的 ${title}${inBrackets(detail)}。`,
  software: (title, detail) => `这里有 ${title}，但由处理器模拟${inBrackets(detail)}，比直接在处理器上计算更慢。`,
  wrong: (title, detail) => `${title} 自检结果错误，不予信任${inBrackets(detail)}。`,
  fault: (title, detail) => `${title} 报告了故障，不再使用${inBrackets(detail)}。`,
  late: (title, detail) => `${title} 没有应答，不再使用${inBrackets(detail)}。`,
};

function reason(why: BackendReason): string {
  switch (why.code) {
    case 'asked-for':
      return `网址指定使用 ${titles[why.backend]}（?backend=${why.backend}）。`;
    case 'small':
      return `模型很小：描述条目的数字有 ${count.format(why.work)} 个；少于 ${count.format(why.crossover)} 个时，图形处理器还没启动，处理器就已算完。`;
    case 'quick':
      return `一轮的训练在处理器上只用 ${ms.format(why.processorMs)} 毫秒；单是从图形处理器读回结果，就大约要这么久。`;
    case 'unusable':
      return unusable[why.why](titles[why.backend], why.detail);
    case 'passed':
      return `${titles[why.backend]}${why.device === '' ? '' : `（${why.device}）`}通过了自检：一个已知答案的小问题算对了，误差 ${why.relativeError.toExponential(0)}。`;
    case 'timed':
      return `${why.remembered ? '以前测得' : '刚刚测得'}：一轮的训练在图形处理器上用 ${ms.format(why.webgpuMs)} 毫秒，在处理器上用 ${ms.format(why.processorMs)} 毫秒。使用更快的一个。`;
    case 'lost':
      return `图形设备丢失了 ${count.format(why.times)} 次；处理器接着算完，结果相同。${why.last ? '不再尝试。' : '下次训练时再试。'}`;
  }
}

export const backendZh: BackendWords = {
  title: '训练在哪里进行',
  none: '尚未使用',
  noneText: '还没有训练过，所以没有加载训练代码。',
  whyTitle: '为什么在那里',
  rule: '各种后端算出的结果相同（误差不超过万分之一），使用前都要在这里自检。选择取决于模型大小；模型较大时，在本设备上测量一次。测量结果只留在本设备，清除数据时一并删除。',
  names: {
    webgpu: 'WebGPU，在图形处理器上',
    webgl: 'WebGL，在图形处理器上',
    wasm: '处理器，WebAssembly',
    cpu: '处理器，JavaScript',
    reference: '处理器，纯 JavaScript',
  },
  reason,
};
