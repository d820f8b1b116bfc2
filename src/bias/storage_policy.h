// Common parts of the storage policies (see storage.h).
#pragma once

#include <cstdint>

#include "random/philox.h"

namespace biasbench::bias {

// The default range of random biases, uniform in ±√3: unit variance.
inline constexpr float kRandomHalfWidth = 1.7320508F;

struct HiddenBias {
  void* entries = nullptr;      // of the policy's Entry, for the rank's nodes; or null
  std::int64_t all_hidden = 0;  // nodes of all ranks
  std::int64_t first_node = 0;  // of the rank, among all
  std::int64_t group = 1;
  float constant = 0;
  random::Seed seed = 0;
  float random_half_width = kRandomHalfWidth;
};

// Base of policies that store nothing, and so have neither gradient nor update.
struct NotStored {
  static constexpr bool kIsStored = false;
  static constexpr bool kSpansTiles = false;
  static constexpr bool kTakesGroups = false;
  using Entry = float;
  static std::int64_t Entries(std::int64_t /*hidden*/, std::int64_t /*group*/) { return 0; }
};

// Base of policies that store values of type T.
template <class T>
struct Stored {
  static constexpr bool kIsStored = true;
  static constexpr bool kSpansTiles = false;   // one value serves nodes of many tiles
  static constexpr bool kTakesGroups = false;  // one value serves a group of nodes
  using Entry = T;
};

}  // namespace biasbench::bias
