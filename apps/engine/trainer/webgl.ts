// tfjs on WebGL 2, with only the kernels that the fit needs. The context is ours, so that its loss is seen.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl/dist/canvas_util.js';
import { GPGPUContext } from '@tensorflow/tfjs-backend-webgl/dist/gpgpu_context.js';
import { addConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Add.js';
import { batchMatMulConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/BatchMatMul.js';
import { castConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Cast.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-webgl/dist/kernels/GatherV2.js';
import { identityConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Multiply.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js';
import { subConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sub.js';
import { env, type KernelConfig } from '@tensorflow/tfjs-core';
import { activate, deactivate } from './activate.ts';
import { BackendUnusable, Loss, type OpenBackend, type OpenOptions } from './backend.ts';
import { TfjsFit } from './tfjs.ts';

const kernels: readonly KernelConfig[] = [
  addConfig,
  batchMatMulConfig,
  castConfig,
  concatConfig,
  gatherV2Config,
  identityConfig,
  multiplyConfig,
  reshapeConfig,
  subConfig,
];
const softwareRenderers = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Opens WebGL 2. Throws BackendUnusable: no WebGL 2, software rendering that was not asked for, or no float textures. */
export async function openWebgl(options: OpenOptions): Promise<OpenBackend> {
  if (typeof OffscreenCanvas === 'undefined') throw new BackendUnusable('missing', 'no OffscreenCanvas');
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    premultipliedAlpha: false,
    preserveDrawingBuffer: false,
    depth: false,
    stencil: false,
    failIfMajorPerformanceCaveat: !options.allowSoftware,
  });
  if (gl === null) throw new BackendUnusable('missing', 'no WebGL 2, or in software alone');
  // Not every browser counts its software renderer as a performance caveat: look at its name too.
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  const renderer = String(gl.getParameter(unmasked ?? gl.RENDERER));
  if (softwareRenderers.test(renderer) && !options.allowSoftware) {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    throw new BackendUnusable('software', renderer);
  }
  // Half floats have 11 bits: far from the 1e-4 in which all backends agree.
  if (gl.getExtension('EXT_color_buffer_float') === null) {
    throw new BackendUnusable('missing', 'no 32-bit floats');
  }

  let closed = false;
  const loss = new Loss();
  canvas.addEventListener('webglcontextlost', (event) => {
    event.preventDefault();
    if (!closed) loss.tell('the WebGL context was lost');
  });

  setWebGLContext(2, gl);
  env().set('WEBGL_VERSION', 2);
  // Small tensors would silently be computed on the processor otherwise, also in the self-test.
  env().set('WEBGL_CPU_FORWARD', false);
  // A fence of a lost context never passes and tfjs would poll it for ever. We are in a worker: a blocking read does no harm.
  env().set('WEBGL_FENCE_API_ENABLED', false);
  env().set('WEBGL_DISJOINT_QUERY_TIMER_EXTENSION_VERSION', 0);
  const context = new GPGPUContext(gl);
  // A context that is handed in gives the backend its own cache of compiled programs, which dies with it.
  await activate('webgl', new MathBackendWebGL(context), kernels);

  const open: OpenBackend = {
    name: 'webgl',
    device: renderer,
    onLoss: loss.onLoss,
    isLost: () => loss.reason !== null || gl.isContextLost(),
    async fault() {
      if (gl.isContextLost()) return 'the WebGL context was lost';
      const code = gl.getError();
      return code === gl.NO_ERROR ? null : `WebGL reported error 0x${code.toString(16)}`;
    },
    makeFit: () => new TfjsFit(open),
    close() {
      if (closed) return;
      closed = true;
      deactivate('webgl');
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
  return open;
}
