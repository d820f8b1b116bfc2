#include "report_phases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "memory/ledger.h"
#include "report_groups.h"
#include "report_numbers.h"

namespace biasbench::report {
namespace {

constexpr std::string_view kBiasUnit = "bias_unit";

// Together all categories of the ledger but the dataset.
struct Part {
  std::string_view title;
  std::array<std::string_view, 3> keys;
};
constexpr Part kParts[] = {
    {"bias values", {"hidden_bias_bytes", "output_bias_bytes"}},
    {"bias gradient", {"bias_gradient_bytes", "bias_reduction_bytes"}},
    {"biases' optimizer state", {"bias_optimizer_state_bytes"}},
    {"weights", {"hidden_weights_bytes", "output_weights_bytes"}},
    {"weights' gradient and state", {"weight_gradient_bytes", "weight_optimizer_state_bytes"}},
    {"batch and workspace", {"workspace_bytes", "activations_bytes", "deltas_bytes"}},
    {"padding", {"padding_bytes"}},
};

std::string Unscored(std::string text) {
  std::ranges::replace(text, '_', ' ');
  return text;
}

// What biases take in one setting: a row against that of fixed=1.
struct Price {
  const Row* row;
  const Row* fixed;

  double total() const { return row->PeakBytes() - fixed->PeakBytes(); }
  double Of(const Part& part) const {
    double bytes = 0;
    for (const std::string_view key : part.keys) {
      bytes += row->NumberOrZero(key) - fixed->NumberOrZero(key);
    }
    return bytes;
  }
};

// The largest shape first, in it weights in single precision, then the smallest peak.
std::vector<Price> FindPrices(const ResultFile& footprint) {
  std::vector<Price> prices;
  for (const Row& row : footprint.rows) {
    if (!row.IsOk() || (row.label != kLearned && row.label != kBiasUnit)) continue;
    const auto fixed = std::ranges::find_if(footprint.rows, [&](const Row& other) {
      return other.IsOk() && other.label == kFixed && SettingOf(other) == SettingOf(row);
    });
    if (fixed != footprint.rows.end()) prices.push_back({&row, &*fixed});
  }
  std::ranges::stable_sort(prices, [](const Price& a, const Price& b) {
    if (!HasSameShape(*a.row, *b.row)) return HasSmallerShape(*b.row, *a.row);
    const auto rank = [](const Row& row) { return std::pair(row.HasBfloat16(), row.PeakBytes()); };
    return rank(*a.row) < rank(*b.row);
  });
  return prices;
}

// "`learned` takes 4,005,888 bytes more than `fixed=1`: 4,000,040 of bias values, 5,848 of
// padding".
std::string Describe(const Price& price) {
  std::vector<std::string> parts;
  double rest = price.total();
  for (const Part& part : kParts) {
    const double bytes = price.Of(part);
    rest -= bytes;
    if (bytes != 0) parts.push_back(fmt::format("{} of {}", Integer(bytes), part.title));
  }
  if (rest != 0) parts.push_back(fmt::format("{} that no category explains", Integer(rest)));
  return fmt::format("{} takes {} bytes more than {}: {}", Code(price.row->label),
                     Integer(price.total()), Code(kFixed), fmt::join(parts, ", "));
}

}  // namespace

Table PhaseTable(const ResultFile& footprint) {
  Table table;
  std::vector<const Row*> rows;
  for (const Group& group : GroupRows(footprint.rows, [](const Row& row) {
         return row.IsOk() && row.label == kLearned && row.held_bytes.contains("build");
       })) {
    rows.push_back(group.front());
  }
  if (rows.empty()) return table;
  const Row& largest = LargestShape(rows);
  std::erase_if(rows, [&](const Row* row) { return !HasSameShape(*row, largest); });
  std::ranges::stable_sort(rows, std::ranges::greater{}, &Row::PeakBytes);
  table.caption = fmt::format(
      "MiB that {} has come to hold by the end of each phase, the first time through, at {}; the "
      "phase that sets the peak, and what grew most in it.",
      Code(kLearned), DescribeShape(largest));
  table.columns = {{"schedule"}, {"optimizer"}};
  for (const std::string_view phase : memory::kPhaseNames) {
    table.columns.push_back({fmt::format("after {}", phase), true});
  }
  table.columns.insert(table.columns.end(), {{"peak set in"}, {"mostly by"}});
  for (const Row* row : rows) {
    std::vector<std::string> cells = {Code(row->schedule), Plain(row->OptimizerAndFormat())};
    for (const std::string_view phase : memory::kPhaseNames) {
      const auto held = row->held_bytes.find(phase);
      cells.push_back(held == row->held_bytes.end() ? "" : Mebibytes(held->second));
    }
    cells.insert(cells.end(), {row->Text("peak_phase"), Unscored(row->Text("peak_category"))});
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table BiasPriceTable(const ResultFile& footprint) {
  Table table;
  const std::vector<Price> prices = FindPrices(footprint);
  if (prices.empty()) return table;
  table.caption = fmt::format(
      "What biases take: bytes more than with {} in the same setting, measured, by category. The "
      "parts add up to the whole difference; its share is of the peak.",
      Code(kFixed));
  table.columns = {{"strategy"},      {"schedule"},     {"optimizer"},  {"inputs", true},
                   {"outputs", true}, {"hidden", true}, {"batch", true}};
  std::vector<const Part*> parts;
  for (const Part& part : kParts) {
    const auto is_there = [&](const Price& price) { return price.Of(part) != 0; };
    if (std::ranges::none_of(prices, is_there)) continue;
    parts.push_back(&part);
    table.columns.push_back({std::string(part.title), true});
  }
  table.columns.insert(table.columns.end(), {{"all", true}, {"share", true}});
  for (const Price& price : prices) {
    const Row& row = *price.row;
    std::vector<std::string> cells = {Code(row.label), Code(row.schedule),
                                      Plain(row.OptimizerAndFormat())};
    for (const char* key : {"inputs", "outputs", "hidden", "batch"}) {
      cells.push_back(Integer(row.NumberOrZero(key)));
    }
    for (const Part* part : parts) cells.push_back(Integer(price.Of(*part)));
    cells.push_back(Integer(price.total()));
    cells.push_back(Percent(price.total() / row.PeakBytes()));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string BiasPriceText(const ResultFile& footprint) {
  const std::vector<Price> prices = FindPrices(footprint);
  const auto label = [](const Price& price) { return std::string_view(price.row->label); };
  std::string text;
  for (const std::string_view strategy : {kLearned, kBiasUnit}) {
    const auto price = std::ranges::find(prices, strategy, label);
    if (price == prices.end()) continue;
    text += fmt::format("{}At {}, {} with {}, {}.", text.empty() ? "" : " ",
                        DescribeShape(*price->row), Code(price->row->schedule),
                        Plain(price->row->OptimizerAndFormat()), Describe(*price));
  }
  return text;
}

}  // namespace biasbench::report
