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
  return fmt::format("{} and {}", Code(row.schedule), Code(row.OptimizerAndFormat()));
}

// "saves 3.81 MiB", or the other way round.
std::string SavesOrCosts(double bytes) {
  if (bytes == 0) return "saves nothing";
  return fmt::format("{} {}", bytes > 0 ? "saves" : "costs", Bytes(std::abs(bytes)));
}

// "saves at most 0.126 % of the peak: 11.44 MiB of 8.88 GiB (… of … bytes) with …".
std::string DescribeMost(const Saving& most) {
  if (most.bytes() == 0) {
    return fmt::format("saves nothing of {} with {}", Bytes(most.total()), NameOf(*most.learned));
  }
  return fmt::format("{} {} of the peak: {} of {} ({} of {} bytes) with {}",
                     most.bytes() > 0 ? "saves at most" : "costs at least",
                     Percent(std::abs(most.share())), Bytes(std::abs(most.bytes())),
                     Bytes(most.total()), Integer(std::abs(most.bytes())), Integer(most.total()),
                     NameOf(*most.learned));
}

// "; at least 0.116 % with …", where that is another figure.
std::string DescribeLeast(const Saving& least, const Saving& most) {
  const std::string share = Percent(std::abs(least.share()));
  if (share == Percent(std::abs(most.share()))) return "";
  return fmt::format("; {} {} with {}", least.bytes() < 0 ? "it costs at most" : "at least", share,
                     NameOf(*least.learned));
}

std::string DescribeNone(const std::vector<Row>& rows, const std::vector<Saving>& savings) {
  bool is_measured = false;
  for (const Saving& saving : savings) {
    const Row* none = FindOk(rows, kNone, SettingOf(*saving.learned));
    if (!none) continue;
    is_measured = true;
    const double bytes = Saving{saving.learned, none}.bytes();
    if (bytes == saving.bytes()) continue;
    return fmt::format("leaving biases out (`none`) {} ({} bytes) with {}", SavesOrCosts(bytes),
                       Integer(std::abs(bytes)), NameOf(*saving.learned));
  }
  return is_measured ? "leaving biases out (`none`) saves exactly as much"
                     : "leaving biases out (`none`) was not measured";
}

// `learned` under each schedule at the largest shape, all else as most schedules were run with.
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
  const auto all_else = [](const Row* row) {
    return row->where.Name({"seed", "strategy", "schedule"});
  };
  const std::string usual = all_else(*std::ranges::max_element(peaks, {}, [&](const Row* row) {
    return std::ranges::count(peaks, all_else(row), all_else);
  }));
  std::erase_if(peaks, [&](const Row* row) { return all_else(row) != usual; });
  std::ranges::stable_sort(peaks, std::ranges::greater{}, &Row::PeakBytes);
  return peaks;
}

// "; with weights in bfloat16, `recompute` peaks at 1.48 GiB", where that was measured.
std::string DescribeBfloat16(const std::vector<Row>& rows, const Row& single) {
  std::vector<const Row*> halved;
  for (const Row& row : rows) {
    if (row.IsOk() && row.strategy == kLearned && HasSameShape(row, single) &&
        row.PeakBytes() > 0 && row.optimizer == single.optimizer && row.HasBfloat16()) {
      halved.push_back(&row);
    }
  }
  if (halved.empty()) return "";
  const Row& least = **std::ranges::min_element(halved, {}, &Row::PeakBytes);
  return fmt::format("; with weights in bfloat16, {} peaks at {}", Code(least.schedule),
                     Bytes(least.PeakBytes()));
}

// "6.41 GiB with `textbook` (6,883,553,280 bytes), 3.21 GiB with `streaming` and `in_place`, …":
// the first and the last to the byte.
std::string DescribePeaks(const std::vector<const Row*>& peaks) {
  std::string text;
  std::string last_bytes;
  for (const Row* row : peaks) {
    const std::string bytes = Bytes(row->PeakBytes());
    if (bytes == last_bytes) {
      text += fmt::format(" and {}", Code(row->schedule));
    } else {
      text += fmt::format("{}{} with {}", text.empty() ? "" : ", ", bytes, Code(row->schedule));
    }
    if (row == peaks.front() || row == peaks.back()) {
      text += fmt::format(" ({} bytes)", Integer(row->PeakBytes()));
    }
    last_bytes = bytes;
  }
  return text;
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
  return fmt::format("Holding every bias at 1 {}{}; {} ({}; {} of schedule and optimizer).",
                     DescribeMost(most), DescribeLeast(savings.back(), most),
                     DescribeNone(footprint->rows, savings), DescribeShape(*most.learned),
                     Counted(std::ssize(savings), "combination"));
}

std::string WhereMemoryIs(const std::optional<ResultFile>& footprint) {
  if (!footprint) return "Unknown: footprint.json is missing.";
  const std::vector<const Row*> peaks = FindPeaks(footprint->rows);
  if (peaks.empty()) return "Unknown: footprint.json has no measured row of `learned`.";
  const double saved = peaks.front()->PeakBytes() - peaks.back()->PeakBytes();
  const std::string change =
      peaks.size() == 1
          ? "No other schedule was measured"
          : fmt::format("In the schedule of a step: {} instead of {} saves {}{}",
                        Code(peaks.back()->schedule), Code(peaks.front()->schedule), Bytes(saved),
                        CompareWithBiases(saved, FindSavings(footprint->rows)));
  return fmt::format("{}; at {}, `learned` with {} peaks at {}{}.", change,
                     DescribeShape(*peaks.front()), Code(peaks.front()->OptimizerAndFormat()),
                     DescribePeaks(peaks), DescribeBfloat16(footprint->rows, *peaks.front()));
}

}  // namespace biasbench::report
