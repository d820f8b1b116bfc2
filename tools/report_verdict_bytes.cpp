#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_verdict_parts.h"

namespace biasbench::report {
namespace {

// What learning biases takes beside leaving them alone, in one setting.
struct Saving {
  const Row* learned;
  const Row* fixed;

  double total() const { return learned->NumberOrZero("tracked_peak_bytes"); }
  double bytes() const { return total() - fixed->NumberOrZero("tracked_peak_bytes"); }
  double share() const { return bytes() / total(); }
};

const Row* FindOk(const std::vector<Row>& rows, std::string_view strategy,
                  const std::string& setting) {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) {
    return row.IsOk() && row.Number("tracked_peak_bytes").value_or(0) > 0 &&
           row.strategy == strategy && SettingOf(row) == setting;
  });
  return found == rows.end() ? nullptr : &*found;
}

// At the largest shape at which both were measured, the largest share first.
std::vector<Saving> FindSavings(const std::vector<Row>& rows) {
  std::vector<Saving> savings;
  for (const Row& row : rows) {
    if (row.strategy != kLearned) continue;
    const Row* learned = FindOk(rows, kLearned, SettingOf(row));
    const Row* fixed = FindOk(rows, kFixed, SettingOf(row));
    if (learned == &row && fixed) savings.push_back({learned, fixed});
  }
  if (savings.empty()) return savings;
  const auto shape = [](const Saving& saving) -> const Row& { return *saving.learned; };
  const Row& largest = shape(*std::ranges::max_element(savings, HasSmallerShape, shape));
  std::erase_if(savings, [&](const Saving& s) { return !HasSameShape(*s.learned, largest); });
  std::ranges::stable_sort(savings, std::ranges::greater{}, &Saving::share);
  return savings;
}

std::string NameOf(const Row& row) {
  return fmt::format("{} and {}", Code(row.schedule), Code(row.optimizer));
}

// "saves 3.81 MiB", or the other way round.
std::string SavesOrCosts(double bytes) {
  if (bytes == 0) return "saves nothing";
  return fmt::format("{} {}", bytes > 0 ? "saves" : "costs", Bytes(std::abs(bytes)));
}

std::string DescribeNone(const std::vector<Row>& rows, const Saving& saving) {
  const Row* none = FindOk(rows, kNone, SettingOf(*saving.learned));
  if (!none) return "leaving biases out (`none`) was not measured there";
  const double bytes = Saving{saving.learned, none}.bytes();
  if (bytes == saving.bytes()) return "leaving biases out (`none`) saves exactly as much";
  return fmt::format("leaving biases out (`none`) {} ({} bytes)", SavesOrCosts(bytes),
                     Integer(std::abs(bytes)));
}

// `learned` under each schedule at the largest shape: with the optimizer that most were run with.
std::vector<const Row*> FindPeaks(const std::vector<Row>& rows) {
  std::vector<const Row*> all;
  for (const Row& row : rows) {
    if (row.strategy == kLearned && FindOk(rows, kLearned, SettingOf(row)) == &row) {
      all.push_back(&row);
    }
  }
  std::vector<const Row*> best;
  for (const Row* candidate : all) {
    std::vector<const Row*> peaks;
    std::ranges::copy_if(all, std::back_inserter(peaks), [&](const Row* row) {
      return HasSameShape(*row, *candidate) && row->optimizer == candidate->optimizer;
    });
    const bool is_larger = best.empty() || HasSmallerShape(*best.front(), *candidate);
    const bool is_smaller = !best.empty() && HasSmallerShape(*candidate, *best.front());
    if (is_larger || (!is_smaller && peaks.size() > best.size())) best = peaks;
  }
  const auto peak = [](const Row* row) { return row->NumberOrZero("tracked_peak_bytes"); };
  std::ranges::stable_sort(best, std::ranges::greater{}, peak);
  return best;
}

std::string CompareWithBiases(double saved_bytes, const std::vector<Saving>& savings) {
  if (savings.empty() || savings.front().bytes() <= 0) return "";
  const double bias_bytes = std::ranges::max(savings, {}, &Saving::bytes).bytes();
  return fmt::format(", {} times the most that fixing the biases saves",
                     ThreeDigits(saved_bytes / bias_bytes));
}

}  // namespace

std::string MemorySaved(const std::optional<ResultFile>& footprint) {
  if (!footprint) return "Unknown: footprint.json is missing.";
  const std::vector<Saving> savings = FindSavings(footprint->rows);
  if (savings.empty()) {
    return "Unknown: footprint.json has no setting in which both `learned` and `fixed=1` were "
           "measured.";
  }
  const Saving& most = savings.front();
  std::string range;
  if (savings.size() > 1) {
    range = fmt::format(
        ", the largest share of {} combinations of schedule and optimizer (the "
        "smallest: {} with {})",
        savings.size(), Percent(savings.back().share()), NameOf(*savings.back().learned));
  }
  return fmt::format(
      "At the largest shape measured ({}), holding every bias at 1 instead of learning it {} "
      "of {} ({}; {} of {} bytes) with {}{}; {}.",
      DescribeShape(*most.learned), SavesOrCosts(most.bytes()), Bytes(most.total()),
      Percent(std::abs(most.share())), Integer(std::abs(most.bytes())), Integer(most.total()),
      NameOf(*most.learned), range, DescribeNone(footprint->rows, most));
}

std::string WhereMemoryIs(const std::optional<ResultFile>& footprint) {
  if (!footprint) return "Unknown: footprint.json is missing.";
  const std::vector<const Row*> peaks = FindPeaks(footprint->rows);
  if (peaks.empty()) return "Unknown: footprint.json has no measured row of `learned`.";
  std::vector<std::string> parts;
  for (const Row* row : peaks) {
    const double bytes = row->NumberOrZero("tracked_peak_bytes");
    parts.push_back(
        fmt::format("{} with {} ({} bytes)", Bytes(bytes), Code(row->schedule), Integer(bytes)));
  }
  std::string change = "; no other schedule was measured";
  if (peaks.size() > 1) {
    const double saved = peaks.front()->NumberOrZero("tracked_peak_bytes") -
                         peaks.back()->NumberOrZero("tracked_peak_bytes");
    change = fmt::format("; {} instead of {} saves {}{}", Code(peaks.back()->schedule),
                         Code(peaks.front()->schedule), Bytes(saved),
                         CompareWithBiases(saved, FindSavings(footprint->rows)));
  }
  return fmt::format("In the schedule of a training step: at {}, `learned` with {} peaks at {}{}.",
                     DescribeShape(*peaks.front()), Code(peaks.front()->optimizer),
                     fmt::join(parts, ", "), change);
}

}  // namespace biasbench::report
