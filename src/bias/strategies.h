// The bias strategies: one table, from which the command line, the benchmarks and the tests take
// them.
//
// A strategy is storage × initial value × update rule (+ which weights train). To add one, add a
// row to kStrategies in strategies.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bias/storage.h"

namespace biasbench::bias {

enum class Initial : std::uint8_t { kZero, kOne, kValue, kRandom };  // kRandom: U(−√3, √3)

enum class Weights : std::uint8_t {
  kTrained,
  kFrozen,
  kHashed,  // frozen, and drawn again from the counter instead of being stored
};

// The biases whose update has the wrong sign (the bug behind the second question).
enum class BiasSign : std::uint8_t { kRight, kWrong, kWrongHidden, kWrongOutput };

// A step's factors on the gradients of biases, by layer.
struct BiasMultipliers {
  double hidden = 1;
  double output = 1;
};

// The training signals that an update rule may use, as they are before a step.
struct Signals {
  double train_loss = 1;       // running mean over the previous epoch (before it: initial_loss)
  double initial_loss = 1;     // before the first step
  double validation_loss = 1;  // on the held-out tenth, after the previous epoch
};

// The update rule: m in b −= η m gradient. `value` is the family's value.
using Multiplier = double (*)(const Signals& signals, double value);

struct Strategy {
  std::string_view name;
  std::string_view summary;  // one line for --list
  Storage storage = Storage::kPerNeuron;
  Initial initial = Initial::kZero;
  Weights weights = Weights::kTrained;
  BiasSign sign = BiasSign::kRight;
  bool has_bias_unit = false;      // inputs are augmented by one that is always 1
  bool has_plain_updates = false;  // biases take plain SGD steps whatever the optimizer
  bool needs_validation = false;
  bool needs_power_of_two = false;  // of a family's values
  Multiplier multiplier = nullptr;  // null: never updated, and neither gradient nor state exists
  double trained_share = 1;  // of all steps; after it the biases freeze and are freed of gradients
  // Families: the values that `all` stands for (the first is the default), and the accepted range.
  std::span<const double> values = {};
  double min_value = 0;
  double max_value = 0;
};

std::span<const Strategy> Strategies();

// The largest accepted group: tiles and chunks of hidden nodes are multiples of it.
inline constexpr std::int64_t kMaxGroup = 256;

// A strategy as named on the command line: a row, with a value where the row is a family.
struct Selection {
  const Strategy* strategy = nullptr;
  double value = 0;

  const Strategy* operator->() const { return strategy; }
  std::string Name() const;  // "learned", "fixed=0.5"
  bool trains_bias() const { return strategy->multiplier != nullptr; }
  // The strategy's m with its sign, flipped again by `sign`; 0 if no bias is trained.
  BiasMultipliers Multipliers(const Signals& signals, BiasSign sign = BiasSign::kRight) const;
  // True if outputs have a stored bias c (under fixed it is the constant, under none it is absent).
  bool stores_output_bias() const;
  float initial_output_bias() const;
  // The number of neighbouring hidden nodes that share one value (1 without groups), and whether
  // all do.
  std::int64_t group() const;
  bool spans_all_nodes() const;
  std::int64_t NodesPerEntry(std::int64_t hidden) const {
    return spans_all_nodes() ? hidden : group();
  }
  // The number of stored values for the biases of `hidden` nodes, and the bytes of one.
  std::int64_t Entries(std::int64_t hidden) const;
  std::int64_t entry_bytes() const;
  // The value of fixed biases, and the initial value of stored ones unless it is random.
  float initial_value() const;
};

// Parses "name" or "family=value". Throws std::invalid_argument saying what is accepted.
Selection ParseSelection(std::string_view text);

// All strategies, families with each of their values: the list that `all` stands for.
std::vector<Selection> AllSelections();

}  // namespace biasbench::bias
