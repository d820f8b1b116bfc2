#include "kernel/hidden_products.h"

#include "kernel/number_format.h"

namespace biasbench::kernel {

template <class Values>
void MultiplyHidden(float lower_bound, std::int64_t nodes, const UnsteppedRows<Values>& weights,
                    Residence residence, const BatchView& batch, const float* bias, float* result) {
  using Rows = UnsteppedRows<Values>;
  if (SuitsWalk<Rows>(batch)) {
    return WithWalkBatch<Rows>(batch, [&](const auto& walk) {
      ForwardTileByRows(lower_bound, nodes, weights, walk, bias, result);
    });
  }
  const auto forward = [&]<Residence kResidence>() {
    if constexpr (kMayMultiplyPairs<Rows>) {
      if (MultipliesPairs<Rows>(batch)) {
        return ForwardTileOfPairs<kResidence>(lower_bound, nodes, weights.data(), batch, bias,
                                              result);
      }
    }
    ForwardTile<kResidence>(lower_bound, nodes, weights.data(), batch, bias, result);
  };
  if (residence == Residence::kInMemory) {
    forward.template operator()<Residence::kInMemory>();
  } else {
    forward.template operator()<Residence::kInCache>();
  }
}

template void MultiplyHidden(float lower_bound, std::int64_t nodes,
                             const UnsteppedRows<FloatValues>& weights, Residence residence,
                             const BatchView& batch, const float* bias, float* result);
template void MultiplyHidden(float lower_bound, std::int64_t nodes,
                             const UnsteppedRows<Bfloat16Values>& weights, Residence residence,
                             const BatchView& batch, const float* bias, float* result);

}  // namespace biasbench::kernel
