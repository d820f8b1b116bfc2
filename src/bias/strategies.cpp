#include "bias/strategies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "text/excerpt.h"

namespace biasbench::bias {
namespace {

double Always(const Signals& /*signals*/, double /*value*/) { return 1; }
double Value(const Signals& /*signals*/, double value) { return value; }
double ErrorProportional(const Signals& signals, double /*value*/) {
  return std::min(1.0, signals.train_loss / signals.initial_loss);
}
double ErrorInverse(const Signals& signals, double /*value*/) {
  return std::min(1.0, 0.1 * signals.initial_loss / signals.train_loss);
}
double GapProportional(const Signals& signals, double /*value*/) {
  return std::clamp((signals.validation_loss - signals.train_loss) / signals.validation_loss, 0.0,
                    1.0);
}

constexpr std::array kFixedValues{1.0, 0.5, 2.0};
constexpr std::array kGroupValues{64.0};
constexpr std::array kScaledValues{0.1};

constexpr Strategy kStrategies[] = {
    {.name = "learned", .summary = "the baseline: b −= η · gradient", .multiplier = Always},
    {.name = "learned_from_one",
     .summary = "control for fixed=1: the same start, but updated",
     .initial = Initial::kOne,
     .multiplier = Always},
    {.name = "learned_from_random",
     .summary = "control for frozen_random: the same start, but updated",
     .initial = Initial::kRandom,
     .multiplier = Always},
    {.name = "fixed",
     .summary = "every bias stays at the value: the proposal to save memory",
     .storage = Storage::kConstant,
     .initial = Initial::kValue,
     .values = kFixedValues,
     .min_value = -1e6,
     .max_value = 1e6},
    {.name = "none", .summary = "no biases (bias=False)", .storage = Storage::kNone},
    {.name = "frozen_random",
     .summary = "random, kept, never updated",
     .initial = Initial::kRandom},
    {.name = "hashed_random",
     .summary = "frozen_random drawn again where used: the same bits, no memory",
     .storage = Storage::kHashed,
     .initial = Initial::kRandom},
    {.name = "bias_unit",
     .summary = "an input that is always 1; its weights are the biases",
     .storage = Storage::kNone,
     .has_bias_unit = true,
     .multiplier = Always},
    {.name = "shared",
     .summary = "one bias for the whole hidden layer",
     .storage = Storage::kShared,
     .multiplier = Always},
    {.name = "grouped",
     .summary = "one bias for each group of neighbouring nodes",
     .storage = Storage::kGrouped,
     .needs_power_of_two = true,
     .multiplier = Always,
     .values = kGroupValues,
     .min_value = 2,
     .max_value = kMaxGroup},
    {.name = "bfloat16_bias",
     .summary = "two bytes a bias, stochastically rounded",
     .storage = Storage::kBfloat16,
     .multiplier = Always},
    {.name = "scaled",
     .summary = "bias updates scaled by the value",
     .multiplier = Value,
     .values = kScaledValues,
     .min_value = 0,
     .max_value = 1e3},
    {.name = "error_proportional",
     .summary = "bias updates shrink with the training loss",
     .multiplier = ErrorProportional},
    {.name = "error_inverse",
     .summary = "bias updates grow as the training loss falls",
     .multiplier = ErrorInverse},
    {.name = "gap_proportional",
     .summary = "bias updates follow the gap between validation and training loss",
     .needs_validation = true,
     .multiplier = GapProportional},
    {.name = "sign_flipped",
     .summary = "the missing minus: b += η · gradient",
     .sign = BiasSign::kWrong,
     .multiplier = Always},
    {.name = "warmup_then_frozen",
     .summary = "updated for a tenth of the steps, then frozen; gradient and state are freed",
     .multiplier = Always,
     .trained_share = 0.1},
    {.name = "stateless_bias",
     .summary = "biases take plain SGD steps whatever the weights' optimizer",
     .has_plain_updates = true,
     .multiplier = Always},
    {.name = "bias_only",
     .summary = "only biases learn; all weights stay as drawn",
     .initial = Initial::kRandom,
     .weights = Weights::kFrozen,
     .multiplier = Always},
    {.name = "bias_only_hashed",
     .summary = "bias_only with the weights drawn again where used: the same bits, megabytes",
     .initial = Initial::kRandom,
     .weights = Weights::kHashed,
     .multiplier = Always},
};

std::string AcceptedValues(const Strategy& strategy) {
  return fmt::format("{}a number from {} to {}",
                     strategy.needs_power_of_two ? "a power of two, " : "", strategy.min_value,
                     strategy.max_value);
}

bool IsAccepted(const Strategy& strategy, double value) {
  if (!(value >= strategy.min_value && value <= strategy.max_value)) return false;
  if (!strategy.needs_power_of_two) return true;
  return value == std::floor(value) && std::has_single_bit(static_cast<std::uint64_t>(value));
}

}  // namespace

std::span<const Strategy> Strategies() { return kStrategies; }

std::string Selection::Name() const {
  return strategy->values.empty() ? std::string(strategy->name)
                                  : fmt::format("{}={}", strategy->name, value);
}

BiasMultipliers Selection::Multipliers(const Signals& signals, BiasSign sign) const {
  if (!trains_bias()) return {0, 0};
  const double multiplier = strategy->multiplier(signals, value);
  BiasMultipliers multipliers{multiplier, multiplier};
  for (const BiasSign turned : {strategy->sign, sign}) {
    if (turned == BiasSign::kWrong || turned == BiasSign::kWrongHidden) multipliers.hidden *= -1;
    if (turned == BiasSign::kWrong || turned == BiasSign::kWrongOutput) multipliers.output *= -1;
  }
  return multipliers;
}

bool Selection::stores_output_bias() const {
  return strategy->has_bias_unit ||
         VisitStorage(strategy->storage, []<class Policy>() { return Policy::kIsStored; });
}

float Selection::initial_output_bias() const { return initial_value(); }

std::int64_t Selection::group() const {
  const bool takes_groups =
      VisitStorage(strategy->storage, []<class Policy>() { return Policy::kTakesGroups; });
  return takes_groups ? static_cast<std::int64_t>(value) : 1;
}

bool Selection::spans_all_nodes() const {
  return VisitStorage(strategy->storage, []<class Policy>() { return Policy::kSpansTiles; });
}

std::int64_t Selection::Entries(std::int64_t hidden) const {
  return VisitStorage(strategy->storage,
                      [&]<class Policy>() { return Policy::Entries(hidden, group()); });
}

std::int64_t Selection::entry_bytes() const {
  return VisitStorage(strategy->storage, []<class Policy>() {
    return static_cast<std::int64_t>(sizeof(typename Policy::Entry));
  });
}

float Selection::initial_value() const {
  switch (strategy->initial) {
    case Initial::kOne:
      return 1;
    case Initial::kValue:
      return static_cast<float>(value);
    case Initial::kZero:
    case Initial::kRandom:
      break;
  }
  return 0;
}

Selection ParseSelection(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto row = std::ranges::find(kStrategies, name, &Strategy::name);
  if (row == std::end(kStrategies)) {
    std::vector<std::string_view> names;
    for (const Strategy& strategy : kStrategies) names.push_back(strategy.name);
    throw std::invalid_argument(fmt::format("unknown strategy '{}': expected one of {}",
                                            text::Excerpt(text), fmt::join(names, ", ")));
  }
  if (row->values.empty()) {
    if (equals == std::string_view::npos) return {row, 0};
    throw std::invalid_argument(fmt::format("strategy '{}' takes no value", name));
  }
  if (equals == std::string_view::npos) return {row, row->values.front()};
  const std::string_view number = text.substr(equals + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(number.begin(), number.end(), value);
  if (error != std::errc{} || end != number.end() || !IsAccepted(*row, value)) {
    throw std::invalid_argument(fmt::format("strategy '{}': expected {} after '='",
                                            text::Excerpt(text), AcceptedValues(*row)));
  }
  return {row, value};
}

std::vector<Selection> AllSelections() {
  std::vector<Selection> all;
  for (const Strategy& strategy : kStrategies) {
    if (strategy.values.empty()) all.push_back({&strategy, 0});
    for (const double value : strategy.values) all.push_back({&strategy, value});
  }
  return all;
}

}  // namespace biasbench::bias
