// Storages of the hidden layer's biases. A storage is a policy (a type in a file of its own) and a
// row here. It stores Entries(hidden, group) values of type Entry and offers
//
//   Values(begin, scratch)   the biases of nodes begin … begin + scratch.size() − 1, where they are
//                            stored as Entry, or put into scratch; null without biases
//
// and, where it stores anything (kIsStored),
//
//   Reduce(node_gradient, entry_gradient)   the entries' gradients from those of a run of nodes
//   Update(begin, nodes, entry_gradient, step)
//                            step(entries, entry_gradient, first, count) on the entries of such a
//                            run; `entries` are all there are, `first` the run's first among them
//   FirstEntry(begin)        the index of node begin's entry
//
// Runs begin at multiples of the group, so a group never straddles two. (Sources of the policies:
// the table of strategies, strategies.h.)
#pragma once

#include <cstdint>

#include "bias/constant_storage.h"
#include "bias/grouped_storage.h"
#include "bias/hashed_storage.h"
#include "bias/no_storage.h"
#include "bias/per_neuron_storage.h"
#include "bias/shared_storage.h"

namespace biasbench::bias {

enum class Storage : std::uint8_t {
  kNone,
  kConstant,
  kPerNeuron,
  kBfloat16,
  kHashed,
  kGrouped,
  kShared,
};

// Calls visitor.operator()<Policy>() for the storage's policy: the one place where the run-time
// choice becomes a type.
template <class Visitor>
decltype(auto) VisitStorage(Storage storage, Visitor&& visitor) {
  switch (storage) {
    case Storage::kNone:
      return visitor.template operator()<NoBias>();
    case Storage::kConstant:
      return visitor.template operator()<Constant>();
    case Storage::kHashed:
      return visitor.template operator()<Hashed>();
    case Storage::kBfloat16:
      return visitor.template operator()<Bfloat16>();
    case Storage::kGrouped:
      return visitor.template operator()<Grouped>();
    case Storage::kShared:
      return visitor.template operator()<Shared>();
    case Storage::kPerNeuron:
      break;
  }
  return visitor.template operator()<PerNeuron>();
}

}  // namespace biasbench::bias
