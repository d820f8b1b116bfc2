#include "kernel/activation.h"

namespace biasbench::kernel {

void Activate(ActivationKind kind, std::int64_t size, float* values) {
  VisitActivation(kind, [&]<class Phi>() {
    ForEachVector(size, [&](std::int64_t i, auto lanes) {
      lanes.Store(Phi::Value(lanes.Load(values + i)), values + i);
    });
  });
}

void Differentiate(ActivationKind kind, std::int64_t size, const float* activation, float* delta) {
  VisitActivation(kind, [&]<class Phi>() {
    ForEachVector(size, [&](std::int64_t i, auto lanes) {
      lanes.Store(Phi::Gradient(lanes.Load(activation + i), lanes.Load(delta + i)), delta + i);
    });
  });
}

}  // namespace biasbench::kernel
