// What the softmax fit on the processor needs beside the kernels of the product's fit: registered by being imported.
import { expConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Exp.js';
import { logConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Log.js';
import { maxConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Max.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/RealDiv.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sqrt.js';
import { sumConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sum.js';
import { registerKernel } from '@tensorflow/tfjs-core';

for (const kernel of [expConfig, logConfig, maxConfig, realDivConfig, sqrtConfig, sumConfig]) registerKernel(kernel);
