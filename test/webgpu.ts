/**
 * Why tests that need a WebGPU device are left out, or false where one was set up: `npm test` brings a software
 * adapter (scripts/webgpu-adapter.mjs) and names it to Vulkan's loader by this variable.
 */
export const needsAdapter: string | false = process.env.VK_DRIVER_FILES
  ? false
  : 'needs a WebGPU adapter: run it by npm test -- FILE'
