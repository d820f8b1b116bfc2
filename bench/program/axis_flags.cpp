#include "bench/program/axis_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <stdexcept>

namespace biasbench::bench {
namespace {

// "relu or tanh (default: relu)"
std::string HelpOf(const setting::Axis& axis, const setting::Program& program) {
  std::string_view otherwise = program.DefaultOf(axis);
  if (otherwise.empty()) otherwise = axis.otherwise_told;
  return otherwise.empty() ? std::string(axis.help)
                           : fmt::format("{} (default: {})", axis.help, otherwise);
}

}  // namespace

void AddAxisFlags(const setting::Program& program, setting::Typed& typed, CLI::App& app) {
  for (const setting::Axis& axis : setting::Axes()) {
    if (!program.HasFlag(axis)) continue;
    const char* const group = axis.key_scope == setting::Scope::kAll ? kWhatToRun : kHowToTrain;
    std::string& value = typed.values[std::string(axis.key)];  // where CLI11 writes what is typed
    if (axis.kind.empty()) {
      app.add_flag_callback(
             std::string(axis.flag), [&value] { value = setting::kSwitchedOn; },
             HelpOf(axis, program))
          ->group(group);
      continue;
    }
    app.add_option(std::string(axis.flag), value, HelpOf(axis, program))
        ->type_name(std::string(axis.kind))
        ->group(group)
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }
}

std::vector<setting::Value> ValuesOf(const setting::Program& program, const setting::Typed& typed,
                                     std::string_view key) {
  const setting::Axis& axis = setting::AxisOf(key);
  const std::string text =
      typed.Has(key) ? typed.values.find(key)->second : std::string(program.DefaultOf(axis));
  return setting::ParseListFlag(key, FlagOf(axis), text);
}

setting::Value ValueOf(const setting::Program& program, const setting::Typed& typed,
                       std::string_view key) {
  std::vector<setting::Value> values = ValuesOf(program, typed, key);
  if (values.size() > 1) {
    throw std::invalid_argument(
        fmt::format("{}: one value, found {}", FlagOf(setting::AxisOf(key)), values.size()));
  }
  return values.front();
}

}  // namespace biasbench::bench
