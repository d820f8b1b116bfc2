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

constexpr bool IsComplete(const TaskDescription& task) {
  return !task.name.empty() && task.inputs > 0 && task.outputs > 0 && task.train_samples > 0 &&
         task.test_samples > 0 && task.input_bytes > 0 && task.defaults.epochs > 0 &&
         task.defaults.learning_rate > 0 && task.defaults.batch > 0 && !task.summary.empty();
}
static_assert(std::ranges::all_of(kTaskRows, IsComplete, &TaskRow::description));

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

// What is kept of so many samples: inputs, and one float or int32 for each value to learn.
std::int64_t SetBytes(std::int64_t samples, std::int64_t inputs, std::int64_t input_bytes,
                      std::int64_t values) {
  return memory::MappedBytes(samples * inputs * input_bytes) +
         memory::MappedBytes(samples * values * std::int64_t{sizeof(float)});
}

}  // namespace

std::span<const TaskDescription> Tasks() { return kDescriptions; }

const TaskDescription& FindTask(std::string_view name) { return FindRow(name).description; }

Task LoadTask(std::string_view name, memory::Ledger& ledger, std::int64_t max_samples) {
  return FindRow(name).load(ledger, max_samples);
}

std::int64_t TaskBytes(const TaskDescription& task, std::int64_t max_samples) {
  const std::int64_t values = task.is_classification ? 1 : task.outputs;
  return SetBytes(LimitSamples(task.train_samples, max_samples), task.inputs, task.input_bytes,
                  values) +
         SetBytes(task.test_samples, task.inputs, task.input_bytes, values);
}

std::int64_t NoiseBytes(std::int64_t inputs, std::int64_t samples) {
  return 2 * SetBytes(samples, inputs, sizeof(float), 1);
}

bool IsInstalled(std::string_view name) { return FindRow(name).is_installed(); }

}  // namespace biasbench::data
