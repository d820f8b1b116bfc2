#include "report_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "report_groups.h"
#include "report_numbers.h"
#include "report_strategies.h"

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
  const Row& largest = *std::ranges::max_element(savings, HasSmallerShape, [](const Saving& s) {
                          return *s.learned;
                        })->learned;
  std::erase_if(savings, [&](const Saving& s) { return !HasSameShape(*s.learned, largest); });
  std::ranges::stable_sort(savings, std::ranges::greater{}, &Saving::share);
  return savings;
}

std::string NameOf(const Row& row) {
  return fmt::format("{} and {}", Code(row.schedule), Code(row.optimizer));
}

std::string DescribeNone(const std::vector<Row>& rows, const Saving& saving) {
  const Row* none = FindOk(rows, kNone, SettingOf(*saving.learned));
  if (!none) return "leaving biases out (`none`) was not measured there";
  const double bytes = Saving{saving.learned, none}.bytes();
  if (bytes == saving.bytes()) return "leaving biases out (`none`) saves exactly as much";
  return fmt::format("leaving biases out (`none`) saves {} ({} bytes)", Bytes(bytes),
                     Integer(bytes));
}

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
  const bool saves = most.bytes() >= 0;
  return fmt::format(
      "At the largest shape measured ({}), holding every bias at 1 instead of learning it {} {} "
      "of {} ({}; {} of {} bytes) with {}{}; {}.",
      DescribeShape(*most.learned), saves ? "saves" : "costs",
      Bytes(saves ? most.bytes() : -most.bytes()), Bytes(most.total()), Percent(most.share()),
      Integer(most.bytes()), Integer(most.total()), NameOf(*most.learned), range,
      DescribeNone(footprint->rows, most));
}

// How `other` compares with `baseline`, judged by their ranges over the seeds.
std::string_view Judge(const Spread& other, const Spread& baseline) {
  if (other.count == 0 || baseline.count == 0) return "not measured";
  if (other.count == 1 || baseline.count == 1) return "not to be judged by a single seed";
  if (other.min > baseline.max) return "higher in every seed";
  if (other.max < baseline.min) return "lower in every seed";
  return "no different within the spread over seeds";
}

Spread LossOf(const Comparison& task, std::string_view strategy) {
  const Group* group = task.Find(strategy);
  return group ? SpreadOf(*group, "train_loss") : Spread{};
}

// "higher in every seed on `harmonic3`, no different within the spread over seeds on `digits`"
std::string JudgeTasks(const std::vector<Comparison>& tasks, std::string_view strategy) {
  std::vector<std::pair<std::string_view, std::vector<std::string>>> names_by_judgement;
  for (const Comparison& task : tasks) {
    const std::string_view judgement = Judge(LossOf(task, strategy), LossOf(task, kLearned));
    auto place = std::ranges::find(names_by_judgement, judgement,
                                   [](const auto& entry) { return entry.first; });
    if (place == names_by_judgement.end()) {
      place = names_by_judgement.insert(place, {judgement, {}});
    }
    place->second.push_back(Code(task.task));
  }
  std::vector<std::string> parts;
  for (const auto& [judgement, names] : names_by_judgement) {
    parts.push_back(fmt::format("{} on {}", judgement, fmt::join(names, " and ")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// "on `harmonic3` `learned` 0.0014 [0.0013–0.0015], … (3 seeds)"
std::string DescribeLosses(const Comparison& task) {
  std::vector<std::string> parts;
  int seeds = 0;
  for (const std::string_view strategy : kHeadlines) {
    const Spread loss = LossOf(task, strategy);
    seeds = std::max(seeds, loss.count);
    parts.push_back(
        fmt::format("{} {}", Code(strategy), loss.count == 0 ? "not measured" : Describe(loss)));
  }
  return fmt::format("on {} {} ({})", Code(task.task), fmt::join(parts, ", "),
                     Counted(seeds, "seed"));
}

std::string LossPaid(const std::optional<ResultFile>& convergence) {
  if (!convergence) return "Unknown: convergence.json is missing.";
  const std::vector<Comparison> tasks = CompareByTask(*convergence);
  if (tasks.empty()) return "Unknown: convergence.json has no rows.";
  std::vector<std::string> numbers;
  for (const Comparison& task : tasks) numbers.push_back(DescribeLosses(task));
  return fmt::format(
      "Against learned biases, the final training loss with all of them at 1 is {}; without any "
      "it is {}. Median [min–max]: {}.",
      JudgeTasks(tasks, kFixed), JudgeTasks(tasks, kNone), fmt::join(numbers, "; "));
}

std::string ListOrNone(const std::vector<std::string>& names) {
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

std::string DescribeRules(const Comparison& task) {
  const Spread learned = LossOf(task, kLearned);
  if (learned.count == 0) return fmt::format("on {} `learned` was not measured", Code(task.task));
  std::vector<std::string> lower;
  std::vector<std::string> higher;
  int count = 0;
  for (const Group& other : task.groups) {
    const Spread spread = SpreadOf(other, "train_loss");
    const std::string& strategy = other.front()->strategy;
    if (strategy == kLearned || KindOf(strategy) != Kind::kOtherUpdate || spread.count == 0) {
      continue;
    }
    ++count;
    const std::string part = fmt::format("{} {}", Code(strategy), Describe(spread));
    if (spread.max < learned.min) lower.push_back(part);
    if (spread.min > learned.max) higher.push_back(part);
  }
  if (count == 0) return fmt::format("on {} no other rule was measured", Code(task.task));
  const std::string qualifier = learned.count < 2 ? " (a single seed: no spread to judge by)" : "";
  return fmt::format("on {} ({}; {}) lower: {}, higher: {}{}", Code(task.task), Describe(learned),
                     Counted(count, "other rule"), ListOrNone(lower), ListOrNone(higher),
                     qualifier);
}

std::string UpdateRules(const std::optional<ResultFile>& convergence) {
  if (!convergence) return "Unknown: convergence.json is missing.";
  std::vector<std::string> tasks;
  for (const Comparison& task : CompareByTask(*convergence)) tasks.push_back(DescribeRules(task));
  if (tasks.empty()) return "Unknown: convergence.json has no rows.";
  return fmt::format(
      "Against the plain step of `learned`, by final training loss in every seed: "
      "{}.",
      fmt::join(tasks, "; "));
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

}  // namespace

std::vector<Sentence> Verdict(const Results& results) {
  return {{"What fixing biases saves", MemorySaved(results.footprint)},
          {"What it costs", LossPaid(results.convergence)},
          {"Where the memory is", WhereMemoryIs(results.footprint)},
          {"How to update a bias", UpdateRules(results.convergence)}};
}

}  // namespace biasbench::report
