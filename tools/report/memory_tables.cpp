#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "memory/ledger.h"
#include "report/table_fields.h"
#include "report/tables.h"

namespace biasbench::report {
namespace {

// The bytes that stay after the peak, if fewer.
std::string DescribeSteady(const RowGroup& group) {
  const auto steady = group.front()->Number("steady_bytes");
  return steady && *steady < PeakBytes(*group.front()) ? Mebibytes(*steady) : "";
}

// The words for a category of the ledger.
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

double BytesOf(const ResultRow& row, const Part& part) {
  double bytes = 0;
  for (const std::string_view key : part.keys) bytes += row.NumberOrZero(key);
  return bytes;
}

// A setting but for its strategy, or its schedule.
std::string Without(const ResultRow& row, std::string_view axis) {
  return row.where.Name({"seed", axis});
}

}  // namespace

using record::ResultFile;

Table LeversTable(const Results& results) {
  if (!results.footprint) return {};
  std::vector<RowGroup> groups =
      GroupRows(RowsOf(results.footprint->rows, [](const ResultRow& row) {
        return row.IsOk() && PeakBytes(row) > 0 &&
               (Strategy(row) == kLearned || Strategy(row) == kFixed);
      }));
  if (groups.empty()) return {};
  const auto layers = [](const RowGroup& group) {
    const ResultRow& row = *group.front();
    return std::tuple(
        row.NumberOrZero("hidden") * (row.NumberOrZero("inputs") + row.NumberOrZero("outputs")),
        row.NumberOrZero("inputs"));
  };
  const auto largest = std::ranges::max(groups, {}, layers);
  const auto most = layers(largest);
  std::erase_if(groups, [&](const RowGroup& group) { return layers(group) != most; });
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const RowGroup& group) { return PeakBytes(*group.front()); });
  std::map<std::string, double> textbooks;
  for (const RowGroup& group : groups) {
    const ResultRow& row = *group.front();
    if (Schedule(row) == "textbook") textbooks[Without(row, "schedule")] = PeakBytes(row);
  }
  const auto saved = [textbooks](const RowGroup& group) {
    const ResultRow& row = *group.front();
    const auto textbook = textbooks.find(Without(row, "schedule"));
    if (textbook == textbooks.end() || Schedule(row) == "textbook") return std::string();
    return Percent(1 - PeakBytes(row) / textbook->second);
  };
  std::map<std::string, RowGroup> speeds;
  if (results.throughput) {
    for (const ResultRow& row : results.throughput->rows) {
      speeds[row.where.Name({"seed"})].push_back(&row);
    }
  }
  const auto speed = [speeds](const RowGroup& group) {
    const auto found = speeds.find(group.front()->where.Name({"seed"}));
    return found == speeds.end() ? "" : Describe(Summarize(Speeds(found->second)));
  };
  return MakeTable(
      "Every way in which `footprint` measured the largest shape with learned biases or fixed "
      "ones, from the largest peak to the smallest. "
      "Saved: of `textbook` with the same optimizer, formats, biases and batch.",
      JoinFields({SettingFields(),
                  {NumberField("peak, bytes", "tracked_peak_bytes", Integer),
                   NumberField("peak, MiB", "tracked_peak_bytes", Mebibytes),
                   NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
                   {"saved", true, saved},
                   {"samples / s", true, speed}}}),
      groups);
}

Table BiasPriceTable(const ResultFile& footprint) {
  std::map<std::string, const ResultRow*> fixed;
  for (const ResultRow& row : footprint.rows) {
    if (row.IsOk() && Strategy(row) == kFixed) fixed.emplace(Without(row, "strategy"), &row);
  }
  std::vector<RowGroup> groups = SortedGroups(footprint, [&](const ResultRow& row) {
    const bool is_priced = Strategy(row) == kLearned || Strategy(row) == "bias_unit";
    return row.IsOk() && is_priced && fixed.contains(Without(row, "strategy"));
  });
  const auto more = [fixed](const RowGroup& group, const auto& bytes_of) {
    const ResultRow& row = *group.front();
    return bytes_of(row) - bytes_of(*fixed.at(Without(row, "strategy")));
  };
  std::vector<Field> fields = SettingFields();
  for (const Part& part : kParts) {
    fields.push_back({std::string(part.title), true, [more, &part](const RowGroup& group) {
                        const double bytes =
                            more(group, [&](const ResultRow& row) { return BytesOf(row, part); });
                        return bytes == 0 ? "" : Integer(bytes);
                      }});
  }
  fields.push_back(
      {"all", true, [more](const RowGroup& group) { return Integer(more(group, PeakBytes)); }});
  fields.push_back({"share", true, [more](const RowGroup& group) {
                      return Percent(more(group, PeakBytes) / PeakBytes(*group.front()));
                    }});
  return MakeTable(
      "What biases take: bytes more than with `fixed=1` in the same setting, measured, by "
      "category. "
      "The parts add up to the whole difference; its share is of the peak.",
      fields, groups);
}

Table PhaseTable(const ResultFile& footprint) {
  RowGroup rows = RowsOf(footprint.rows, [](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == kLearned && row.held_bytes.contains("build");
  });
  if (rows.empty()) return {};
  const ResultRow& largest = LargestShape(rows);
  std::erase_if(rows, [&](const ResultRow* row) { return !HasSameShape(*row, largest); });
  std::vector<RowGroup> groups = GroupRows(rows);
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const RowGroup& group) { return PeakBytes(*group.front()); });
  std::vector<Field> fields = SettingFields();
  for (const std::string_view phase : memory::kPhaseNames) {
    fields.push_back({fmt::format("after {}, MiB", phase), true, [phase](const RowGroup& group) {
                        const auto& held = group.front()->held_bytes;
                        const auto found = held.find(phase);
                        return found == held.end() ? "" : Mebibytes(found->second);
                      }});
  }
  const auto text = [](const char* title, const char* key) {
    return Field{title, false, [key](const RowGroup& group) {
                   std::string words = group.front()->Text(key);
                   std::ranges::replace(words, '_', ' ');
                   return words;
                 }};
  };
  fields.push_back(text("peak set in", "peak_phase"));
  fields.push_back(text("mostly by", "peak_category"));
  return MakeTable(
      "What training has come to hold by the end of each phase, the first time through; the phase "
      "that sets the peak, and what grew most in it.",
      fields, groups);
}

Table FootprintTable(const ResultFile& footprint) {
  return MakeTable(
      "Bytes at the peak. Predicted is the formula, tracked the ledger's count of every buffer "
      "(the "
      "data set left out of both), untracked what was allocated outside it, resident the kernel's "
      "high-water mark of a fresh process above that of an empty one. Biases: their values, "
      "gradient and optimizer state in both layers; `bias_unit` keeps the hidden layer's among its "
      "weights.",
      JoinFields({SettingFields(),
                  {NumberField("predicted, bytes", "predicted_peak_bytes", Integer),
                   NumberField("tracked, bytes", "tracked_peak_bytes", Integer),
                   NumberField("tracked, MiB", "tracked_peak_bytes", Mebibytes),
                   {"later, MiB", true, DescribeSteady},
                   NumberField("untracked, bytes", "untracked_bytes", Integer),
                   NumberField("resident, MiB", "peak_rss_bytes", Mebibytes),
                   NumberField("biases, bytes", "bias_bytes", Integer),
                   NumberField("biases, share", "bias_share", Percent),
                   StatusField()}}),
      SortedGroups(footprint, AnyRow));
}

}  // namespace biasbench::report
