#include "data/task.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "data/task_row.h"
#include "text/excerpt.h"

namespace biasbench::data {

// The table of tasks. Everything else about a task is in its own file, which defines the row.
extern const TaskRow kHarmonic3, kSine, kDigits, kFashionMnist;
constexpr std::array kRows = {&kHarmonic3, &kSine, &kDigits, &kFashionMnist};

namespace {

const TaskRow& FindRow(std::string_view name) {
  for (const TaskRow* row : kRows) {
    if (row->description.name == name) return *row;
  }
  std::vector<std::string_view> names(kRows.size());
  std::ranges::transform(Tasks(), names.begin(), &TaskDescription::name);
  throw Error(fmt::format("unknown task \"{}\", expected one of: {}", text::Excerpt(name),
                          fmt::join(names, ", ")));
}

// Bytes kept for a number of samples: inputs, and one float or int32 for each value to learn.
std::int64_t SetBytes(std::int64_t samples, std::int64_t inputs, std::int64_t input_bytes,
                      std::int64_t values) {
  return memory::MappedBytes(samples * inputs * input_bytes) +
         memory::MappedBytes(samples * values * std::int64_t{sizeof(float)});
}

}  // namespace

std::span<const TaskDescription> Tasks() {
  static const auto descriptions = [] {
    std::array<TaskDescription, kRows.size()> copies{};
    std::ranges::transform(kRows, copies.begin(), &TaskRow::description);
    return copies;
  }();
  return descriptions;
}

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
