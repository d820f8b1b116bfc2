#include "record/contrast.h"

#include <algorithm>
#include <utility>

#include "record/statistics.h"
#include "setting/axis.h"
#include "setting/coordinates.h"

namespace biasbench::record {
namespace {

// The stand-in for infinite values, which makes ranks and means possible.
constexpr double kBeyondAll = 1e300;

double Bounded(double value) { return std::clamp(value, -kBeyondAll, kBeyondAll); }
double Unbounded(double value) {
  return std::abs(value) < kBeyondAll / 8 ? value : std::copysign(HUGE_VAL, value);
}

// Rows of one value, by the rest of their setting.
using Settings = std::vector<std::pair<std::string, RowGroup>>;

// The axes that the two rows of a pair need not share.
setting::Keys FreeAxes(const AxisPair& pair) {
  setting::Keys keys = {"seed", pair.axis};
  keys.insert(keys.end(), pair.follows.begin(), pair.follows.end());
  return keys;
}

// The rest of the row's setting, without axes that the other value may lack: float32 weights have
// no bfloat16 products.
std::string CounterpartOf(const ResultRow& row, const AxisPair& pair) {
  setting::Keys without = FreeAxes(pair);
  for (const setting::Axis& other : setting::Axes()) {
    if (other.refines == pair.axis) without.push_back(other.key);
  }
  return row.program + "/" + row.where.Name(without);
}

Settings SettingsOf(const RowGroup& rows, const AxisPair& pair, std::string_view value,
                    const Quantity& quantity) {
  Settings settings;
  for (const ResultRow* row : rows) {
    if (row->where.Text(pair.axis) != value || !quantity(*row)) continue;
    std::string name = row->program + "/" + row->where.Name(FreeAxes(pair));
    auto found = std::ranges::find(settings, name, &Settings::value_type::first);
    if (found == settings.end()) {
      settings.emplace_back(std::move(name), RowGroup());
      found = settings.end() - 1;
    }
    found->second.push_back(row);
  }
  return settings;
}

void Summarize(const BySeed& values, const BySeed& baselines, Contrast& contrast) {
  std::vector<double> differences;
  for (const auto& [seed, value] : values) {
    const auto other = baselines.find(seed);
    if (other == baselines.end()) continue;
    const bool has_diverged = std::isinf(value);
    const bool has_other_diverged = std::isinf(other->second);
    if (has_diverged && has_other_diverged) continue;
    contrast.diverged += has_diverged ? 1 : 0;
    contrast.baseline_diverged += has_other_diverged ? 1 : 0;
    differences.push_back(Bounded(value - other->second));
  }
  contrast.seeds = static_cast<int>(differences.size());
  if (differences.empty()) return;
  contrast.median = Unbounded(Median(differences));
  const Interval interval = SignedRankInterval(differences);
  contrast.interval = {Unbounded(interval.low), Unbounded(interval.high)};
  contrast.p = SignedRankP(differences);
}

}  // namespace

Quantity QuantityOf(std::string key, double of_diverged) {
  return [key = std::move(key), of_diverged](const ResultRow& row) -> std::optional<double> {
    if (row.status == "diverged") return of_diverged;
    const auto found = row.numbers.find(key);
    if (!row.IsOk() || found == row.numbers.end()) return std::nullopt;
    return std::isnan(found->second) ? of_diverged : found->second;
  };
}

BySeed ValuesBySeed(const RowGroup& rows, const Quantity& quantity) {
  BySeed values;
  for (const ResultRow* row : rows) {
    if (const auto value = quantity(*row)) values.emplace(row->NumberOrZero("seed"), *value);
  }
  return values;
}

std::string_view Say(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLower:
      return "lower";
    case Verdict::kHigher:
      return "higher";
    case Verdict::kNoDifferenceSeen:
      return "no difference seen";
    case Verdict::kTooFewSeeds:
      return "too few seeds";
  }
  return "";
}

std::vector<Contrast> FindContrasts(const RowGroup& rows, const AxisPair& pair,
                                    const Quantity& quantity) {
  std::vector<Contrast> contrasts;
  const Settings baselines = SettingsOf(rows, pair, pair.baseline, quantity);
  for (auto& [setting, of_value] : SettingsOf(rows, pair, pair.value, quantity)) {
    const auto baseline = std::ranges::find(baselines, CounterpartOf(*of_value.front(), pair),
                                            &Settings::value_type::first);
    if (baseline == baselines.end()) continue;
    Contrast contrast{.axis = pair.axis,
                      .value = pair.value,
                      .baseline = pair.baseline,
                      .follows = pair.follows,
                      .rows = of_value,
                      .baseline_rows = baseline->second,
                      .interval = {}};
    Summarize(ValuesBySeed(contrast.rows, quantity), ValuesBySeed(contrast.baseline_rows, quantity),
              contrast);
    if (contrast.seeds > 0) contrasts.push_back(std::move(contrast));
  }
  return contrasts;
}

void JudgeFamily(std::span<Contrast> family) {
  std::vector<double> p_values;
  for (const Contrast& contrast : family) p_values.push_back(contrast.p);
  const std::vector<double> adjusted = HolmAdjust(p_values);
  for (std::size_t i = 0; i < family.size(); ++i) {
    Contrast& contrast = family[i];
    contrast.family = family.size();
    contrast.adjusted_p = adjusted[i];
    const double least_p = std::pow(2.0, 1 - contrast.seeds);
    if (least_p * static_cast<double>(family.size()) > kLevel) {
      contrast.verdict = Verdict::kTooFewSeeds;
    } else if (contrast.adjusted_p > kLevel || contrast.median == 0) {
      contrast.verdict = Verdict::kNoDifferenceSeen;
    } else {
      contrast.verdict = contrast.median < 0 ? Verdict::kLower : Verdict::kHigher;
    }
  }
}

}  // namespace biasbench::record
