/** Samplers: pure functions of a concrete key, with the same bits on every machine. Element `i` depends on the key and `i` alone. */
export {
  type FloatSample,
  sampleBits,
  sampleBitsInto,
  sampleGumbel,
  sampleGumbelInto,
  sampleNormal,
  sampleNormalInto,
  sampleUniform,
  sampleUniformInto,
} from "./sample-continuous.ts";
export {
  sampleBernoulli,
  sampleBernoulliInto,
  sampleCategorical,
  sampleIntegers,
  sampleIntegersInto,
  samplePermutation,
  samplePermutationInto,
} from "./sample-discrete.ts";
