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

  double total() const { return learned->PeakBytes(); }
  double bytes() const { return total() - fixed->PeakBytes(); }
  double share() const { return bytes() / total(); }
};

const Row* FindOk(const std::vector<Row>& rows, std::string_view strategy,
                  const std::string& setting) {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) {
    return row.IsOk() && row.PeakBytes() > 0 && row.strategy == strategy &&
           SettingOf(row) == setting;
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
  std::vector<const Row*> peaks;
  for (const Row& row : rows) {
    if (row.strategy == kLearned && FindOk(rows, kLearned, SettingOf(row)) == &row) {
      peaks.push_back(&row);
    }
  }
  if (peaks.empty()) return peaks;
  const Row& largest = LargestShape(peaks);
  std::erase_if(peaks, [&](const Row* row) { return !HasSameShape(*row, largest); });
  const Row& usual = **std::ranges::max_element(peaks, {}, [&](const Row* row) {
    return std::ranges::count(peaks, row->optimizer, &Row::optimizer);
  });
  std::erase_if(peaks, [&](const Row* row) { return row->optimizer != usual.optimizer; });
  std::ranges::stable_sort(peaks, std::ranges::greater{}, &Row::PeakBytes);
  return peaks;
}

// "; with weights in bfloat16, `recompute` peaks at 1.48 GiB", where that was measured.
std::string DescribeBfloat16(const std::vector<Row>& rows, const Row& single) {
  std::vector<const Row*> halved;
  for (const Row& row : rows) {
    if (row.IsOk() && row.strategy == kLearned && HasSameShape(row, single) &&
        row.PeakBytes() > 0 && row.optimizer == single.optimizer + std::string(kBfloat16Suffix)) {
      halved.push_back(&row);
    }
  }
  if (halved.empty()) return "";
  const Row& least = **std::ranges::min_element(halved, {}, &Row::PeakBytes);
  return fmt::format("; with weights in bfloat16, {} peaks at {}", Code(least.schedule),
                     Bytes(least.PeakBytes()));
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
    const double bytes = row->PeakBytes();
    parts.push_back(
        fmt::format("{} with {} ({} bytes)", Bytes(bytes), Code(row->schedule), Integer(bytes)));
  }
  std::string change = "; no other schedule was measured";
  if (peaks.size() > 1) {
    const double saved = peaks.front()->PeakBytes() - peaks.back()->PeakBytes();
    change = fmt::format("; {} instead of {} saves {}{}", Code(peaks.back()->schedule),
                         Code(peaks.front()->schedule), Bytes(saved),
                         CompareWithBiases(saved, FindSavings(footprint->rows)));
  }
  return fmt::format(
      "In the schedule of a training step: at {}, `learned` with {} peaks at {}{}{}.",
      DescribeShape(*peaks.front()), Code(peaks.front()->optimizer), fmt::join(parts, ", "), change,
      DescribeBfloat16(footprint->rows, *peaks.front()));
}

}  // namespace biasbench::report
