#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "report/sentences.h"

namespace biasbench::report {
namespace {

using record::Contrast;

std::optional<Saving> SavingOf(const std::vector<ResultRow>& rows, const ResultRow& learned,
                               std::string_view strategy) {
  const std::string setting = learned.where.Name({"seed", "strategy"});
  const auto found = std::ranges::find_if(rows, [&](const ResultRow& row) {
    return row.IsOk() && Strategy(row) == strategy && PeakBytes(row) > 0 &&
           row.where.Name({"seed", "strategy"}) == setting;
  });
  if (found == rows.end()) return std::nullopt;
  return Saving{&learned, &*found};
}

// "4,005,888 bytes (0.126 % of the peak; `recompute`, sgd)"
std::string DescribeSaving(const Saving& saving) {
  return fmt::format("{} bytes ({} of the peak; {})", Integer(saving.bytes()),
                     Percent(saving.share()), Way(*saving.learned));
}

// "4,005,888 bytes (…), at most 16,023,552 bytes (…), the largest share 4,005,888 bytes (…)": of
// savings by their share.
std::string Extremes(const std::vector<Saving>& savings) {
  const auto bounds = std::ranges::minmax_element(savings, {}, &Saving::bytes);
  std::string text = DescribeSaving(*bounds.min);
  if (bounds.min->bytes() < bounds.max->bytes()) {
    text += fmt::format(", at most {}", DescribeSaving(*bounds.max));
  }
  if (savings.back().share() > std::max(bounds.min->share(), bounds.max->share())) {
    text += fmt::format(", the largest share {}", DescribeSaving(savings.back()));
  }
  return text;
}

std::string SavedInTrainings(const Results& results, const std::vector<Finding>& findings) {
  Texts parts;
  for (const std::string& task : MeasuredTasks(results)) {
    const std::optional<Saving> found = SavingInTraining(findings, task);
    if (!found) continue;
    const Saving& saving = *found;
    parts.push_back(fmt::format("{} {} of the peak ({}, {} hidden nodes, batch {}, {})", Code(task),
                                Percent(saving.share()), Inputs(*saving.learned),
                                Integer(saving.learned->NumberOrZero("hidden")),
                                Integer(saving.learned->NumberOrZero("batch")),
                                Code(Schedule(*saving.learned))));
  }
  if (parts.empty()) return "";
  return fmt::format(" In the tasks' own trainings: {}.", And(parts));
}

}  // namespace

std::optional<Saving> SavingInTraining(const std::vector<Finding>& findings,
                                       const std::string& task) {
  const Contrast* contrast = LossOn(findings, task, kFixedLessLearned);
  if (contrast == nullptr) return std::nullopt;
  const Saving saving{contrast->baseline_rows.front(), contrast->rows.front()};
  if (PeakBytes(*saving.learned) <= 0 || PeakBytes(*saving.other) <= 0) return std::nullopt;
  return saving;
}

std::vector<Saving> SavingsAtLargest(const Results& results, std::string_view strategy) {
  std::vector<Saving> savings;
  if (!results.footprint) return savings;
  for (const ResultRow& row : results.footprint->rows) {
    if (!row.IsOk() || Strategy(row) != kLearned || PeakBytes(row) <= 0) continue;
    if (const auto saving = SavingOf(results.footprint->rows, row, strategy)) {
      savings.push_back(*saving);
    }
  }
  if (savings.empty()) return savings;
  RowGroup rows;
  for (const Saving& saving : savings) rows.push_back(saving.learned);
  const ResultRow& largest = LargestShape(rows);
  std::erase_if(savings, [&](const Saving& s) { return !HasSameShape(*s.learned, largest); });
  std::ranges::stable_sort(savings, {}, &Saving::share);
  return savings;
}

std::string SharesSavedOn(const std::vector<Finding>& findings, const Texts& tasks) {
  Texts shares;
  Texts schedules;
  for (const std::string& code : tasks) {
    const std::optional<Saving> saving =
        SavingInTraining(findings, code.substr(1, code.size() - 2));
    if (!saving) continue;
    shares.push_back(Percent(saving->share()));
    const std::string schedule = Code(Schedule(*saving->learned));
    if (std::ranges::find(schedules, schedule) == schedules.end()) schedules.push_back(schedule);
  }
  return shares.empty() ? "" : fmt::format("{} under {}", And(shares), And(schedules));
}

std::string WhatFixingSaves(const Results& results, const std::vector<Finding>& findings) {
  const std::vector<Saving> savings = SavingsAtLargest(results, kFixed);
  if (savings.empty()) {
    return (results.footprint ? "Unknown: footprint.json has no setting with both `learned` and "
                                "`fixed=1`."
                              : "Unknown: footprint.json is missing.") +
           SavedInTrainings(results, findings);
  }
  std::string text = fmt::format("At {}, `fixed=1` saves {}", DescribeShape(*savings[0].learned),
                                 Extremes(savings));
  if (savings.size() > 1) {
    text += fmt::format(", in {} combinations of schedule, optimizer and format", savings.size());
  }
  const std::vector<Saving> of_none = SavingsAtLargest(results, kNone);
  const bool saves_as_much = std::ranges::all_of(of_none, [&](const Saving& none) {
    const auto fixed = SavingOf(results.footprint->rows, *none.learned, kFixed);
    return fixed && fixed->bytes() == none.bytes();
  });
  if (of_none.empty()) return text + "." + SavedInTrainings(results, findings);
  const std::string where = of_none.size() < savings.size()
                                ? fmt::format(" in the {} where it was measured", of_none.size())
                                : "";
  text += saves_as_much ? fmt::format("; leaving biases out (`none`) saves as much{}", where)
                        : fmt::format("; leaving biases out (`none`) saves {}", Extremes(of_none));
  return text + "." + SavedInTrainings(results, findings);
}

}  // namespace biasbench::report
