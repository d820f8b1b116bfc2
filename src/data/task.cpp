#include "data/task.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "data/digits.h"
#include "data/fashion_mnist.h"
#include "data/harmonic3.h"
#include "data/sine.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

struct TaskRow {
  TaskDescription description;
  Task (*load)(memory::Ledger& ledger, std::int64_t max_samples);
  bool (*is_installed)();
};

bool Always() { return true; }

// The one table of tasks.
constexpr auto kTaskRows = std::to_array<TaskRow>({
    {kHarmonic3, Harmonic3, Always},
    {kSine, Sine, Always},
    {kDigits, Digits, Always},
    {kFashionMnist,
     [](memory::Ledger& ledger, std::int64_t max_samples) {
       return FashionMnist(ledger, max_samples);
     },
     [] { return IsFashionMnistInstalled(); }},
});

constexpr auto kDescriptions = [] {
  std::array<TaskDescription, kTaskRows.size()> descriptions{};
  std::ranges::transform(kTaskRows, descriptions.begin(), &TaskRow::description);
  return descriptions;
}();

const TaskRow& FindRow(std::string_view name) {
  const auto row = std::ranges::find(
      kTaskRows, name, [](const TaskRow& candidate) { return candidate.description.name; });
  if (row != kTaskRows.end()) return *row;
  std::vector<std::string_view> names(kDescriptions.size());
  std::ranges::transform(kDescriptions, names.begin(), &TaskDescription::name);
  throw Error(fmt::format("unknown task \"{}\", expected one of: {}", text::Excerpt(name),
                          fmt::join(names, ", ")));
}

}  // namespace

std::span<const TaskDescription> Tasks() { return kDescriptions; }

const TaskDescription& FindTask(std::string_view name) { return FindRow(name).description; }

Task LoadTask(std::string_view name, memory::Ledger& ledger, std::int64_t max_samples) {
  return FindRow(name).load(ledger, max_samples);
}

bool IsInstalled(std::string_view name) { return FindRow(name).is_installed(); }

}  // namespace biasbench::data
