/** Repositories with the images that they build; the Dockerfiles are not part of this project. */

interface PublicRepository {
  readonly repository: string;
  readonly commit: string;
  readonly images: readonly {
    /** Default: the root. */
    readonly context?: string;
    /** Relative to the context. */
    readonly dockerfiles: readonly string[];
  }[];
}

export const PUBLIC: readonly PublicRepository[] = [
  {
    repository: "axolotl-ai-cloud/axolotl",
    commit: "067b021c8b87a9e5e380b9173c704cf7340e30f5",
    images: [
      {
        dockerfiles: [
          ".runpod/Dockerfile",
          "docker/Dockerfile-cloud-no-tmux-uv",
          "docker/Dockerfile-cloud-uv",
          "docker/Dockerfile-uv",
          "docker/Dockerfile-uv-base",
        ],
      },
    ],
  },
  {
    repository: "huggingface/accelerate",
    commit: "16cb6eb80dd9aa8b4df1a63ef57863e455d53b83",
    images: [
      {
        dockerfiles: [
          "benchmarks/fp8/ms_amp/Dockerfile",
          "benchmarks/fp8/torchao/Dockerfile",
          "benchmarks/fp8/transformer_engine/Dockerfile",
          "docker/accelerate-cpu/Dockerfile",
          "docker/accelerate-gpu-deepspeed/Dockerfile",
          "docker/accelerate-gpu/Dockerfile",
        ],
      },
    ],
  },
  {
    repository: "huggingface/peft",
    commit: "5d602fdbff04c33c1c4de55cda9d4ae1d7cb7e40",
    images: [
      { dockerfiles: ["docker/peft-cpu/Dockerfile", "docker/peft-gpu/Dockerfile"] },
      { context: "examples/lora_finetuning_transformer_engine", dockerfiles: ["Dockerfile"] },
    ],
  },
  {
    repository: "huggingface/text-embeddings-inference",
    commit: "0d124dc9773be6ac5a9a57d8439aba9bbbf33273",
    images: [
      { dockerfiles: ["Dockerfile", "Dockerfile-arm64", "Dockerfile-cuda", "Dockerfile-cuda-all", "Dockerfile-intel"] },
    ],
  },
  {
    repository: "huggingface/text-generation-inference",
    commit: "db931fcf42da018a3657580c64bf2720f167f9ab",
    images: [
      {
        dockerfiles: [
          "Dockerfile",
          "Dockerfile.neuron",
          "Dockerfile.nix",
          "Dockerfile_amd",
          "Dockerfile_gaudi",
          "Dockerfile_intel",
          "Dockerfile_llamacpp",
          "Dockerfile_trtllm",
        ],
      },
    ],
  },
  {
    repository: "huggingface/trl",
    commit: "f2cd57710ae345ea6428ae95363267fcf38a3dc8",
    images: [
      { dockerfiles: ["docker/trl-dev/Dockerfile", "docker/trl/Dockerfile"] },
    ],
  },
  {
    repository: "hiyouga/LLaMA-Factory",
    commit: "ff6d4d12eeb035d6ce06805a5733dd7b29f2ac30",
    images: [
      {
        dockerfiles: [
          "docker/docker-cuda/Dockerfile",
          "docker/docker-cuda/Dockerfile.base",
          "docker/docker-cuda/Dockerfile.mbridge",
          "docker/docker-cuda/Dockerfile.megatron",
          "docker/docker-npu/Dockerfile",
          "docker/docker-rocm/Dockerfile",
        ],
      },
    ],
  },
  {
    repository: "InternLM/lmdeploy",
    commit: "1263d5cd889b7ad500e85b8eb20401327a4516ab",
    images: [
      {
        dockerfiles: [
          "docker/Dockerfile",
          "docker/Dockerfile.jetson",
          "docker/Dockerfile_ascend_a2_300i",
          "docker/Dockerfile_ascend_a3",
          "docker/Dockerfile_dev",
          "docker/Dockerfile_patch",
        ],
      },
      { context: "builder", dockerfiles: ["manywheel/Dockerfile_2_28"] },
    ],
  },
  {
    repository: "OpenRLHF/OpenRLHF",
    commit: "3c3be6234e0cb353e76bb8019947db9dfe99fca7",
    images: [
      { context: "dockerfile", dockerfiles: ["Dockerfile"] },
    ],
  },
  {
    repository: "volcengine/verl",
    commit: "b178a3cd56f58b2d502255daba591e92833930a7",
    images: [
      {
        dockerfiles: [
          "docker/Dockerfile.stable.sglang",
          "docker/Dockerfile.stable.trtllm",
          "docker/Dockerfile.stable.vllm",
          "docker/ascend/Dockerfile.ascend.sglang_8.3.rc1_a2",
          "docker/ascend/Dockerfile.ascend.sglang_8.3.rc1_a3",
          "docker/ascend/Dockerfile.ascend_8.2.rc1_a2",
          "docker/ascend/Dockerfile.ascend_8.2.rc1_a3",
          "docker/ascend/Dockerfile.ascend_8.3.rc1_a2",
          "docker/ascend/Dockerfile.ascend_8.3.rc1_a3",
          "docker/aws/Dockerfile.extention.awsefa",
          "docker/aws/Dockerfile.ngc.vllm0.8.sagemaker",
          "docker/rocm/Dockerfile.rocm",
          "docker/rocm/Dockerfile.rocm7",
          "docker/rocm/Dockerfile.rocm_verl-0.3.0.post1",
          "docker/rocm/Dockerfile.rocm_verl-0.4.1",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.app.sglang.vllm.mcore0.12",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.app.sglang.vllm.mcore0.12.deepep",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.app.sglang.vllm.mcore0.13.preview",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.app.vllm.mcore0.12",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.app.vllm.mcore0.12.deepep",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.app.vllm.mcore0.13.preview",
          "docker/verl0.4-cu124-torch2.6-fa2.7.4/Dockerfile.base",
          "docker/verl0.5-cu126-torch2.7-fa2.7.4/Dockerfile.app.sglang0.4.10.post2.mcore0.13",
          "docker/verl0.5-cu126-torch2.7-fa2.7.4/Dockerfile.app.sglang0.4.9.post6.mcore0.13",
          "docker/verl0.5-cu126-torch2.7-fa2.7.4/Dockerfile.app.vllm.mcore0.13",
          "docker/verl0.5-cu126-torch2.7-fa2.7.4/Dockerfile.app.vllm.mcore0.15",
          "docker/verl0.5-cu126-torch2.7-fa2.7.4/Dockerfile.base.torch2.7.1",
          "docker/verl0.5-cu126-torch2.7.1-fa2.8.0/Dockerfile.app.sglang.mcore0.12",
          "docker/verl0.5-cu126-torch2.7.1-fa2.8.0/Dockerfile.app.sglang.mcore0.13.preview",
          "docker/verl0.5-cu126-torch2.7.1-fa2.8.0/Dockerfile.base",
          "docker/verl0.5-preview-cu128-torch2.7.1-fa2.8.0/Dockerfile.app.sglang.megatron",
          "docker/verl0.5-preview-cu128-torch2.7.1-fa2.8.0/Dockerfile.base",
          "docker/verl0.6-cu128-torch2.8.0-fa2.7.4/Dockerfile.app.sglang",
          "docker/verl0.6-cu128-torch2.8.0-fa2.7.4/Dockerfile.base",
          "docker/verl0.6-cu128-torch2.8.0-fa2.7.4/Dockerfile.vllm011.mcore_gpt-oss",
          "docker/verl0.6.1-experimental/Dockerfile.sglang056exp",
          "docker/verl0.6.1-experimental/Dockerfile.vllm012exp",
        ],
      },
    ],
  },
];
