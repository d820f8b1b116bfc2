#include "bench/flag_values.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "machine/processors.h"
#include "record/guarded_main.h"

namespace biasbench::bench {
namespace {

// NaN for what is not a number or too large for one.
double ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole_text = error == std::errc{} && end == text.data() + text.size();
  return is_whole_text ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::int64_t ParseCount(std::string_view text, const CountRange& range) {
  const double value = ParseNumber(text);
  // Both ends of every range are exact in double precision.
  if (!(value >= static_cast<double>(range.least) && value <= static_cast<double>(range.most)) ||
      value != std::floor(value)) {
    throw std::invalid_argument(
        fmt::format("'{}' is not a whole number from {} to {}", text, range.least, range.most));
  }
  return static_cast<std::int64_t>(value);
}

double ParsePositive(std::string_view text) {
  const double value = ParseNumber(text);
  if (!(value > 0) || !std::isfinite(value)) {
    throw std::invalid_argument(fmt::format("'{}' is not a number above 0", text));
  }
  return value;
}

double ParseSeconds(std::string_view text) {
  constexpr double kDay = 24 * 3600;
  const double value = ParseNumber(text);
  if (!(value > 0 && value <= kDay)) {
    throw std::invalid_argument(
        fmt::format("'{}' is not a number of seconds above 0, up to {}", text, kDay));
  }
  return value;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin) {
      throw std::invalid_argument(
          fmt::format("'{}' has an empty part; expected a list like a,b,c", text));
    }
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::int64_t> ParseCounts(std::string_view text, const CountRange& range) {
  std::vector<std::int64_t> counts;
  for (const std::string& part : SplitList(text)) counts.push_back(ParseCount(part, range));
  return counts;
}

std::int64_t ParseCountFlag(std::string_view flag, const std::string& text,
                            const CountRange& range) {
  return ParseFlag(flag, text, [&](const std::string& count) { return ParseCount(count, range); });
}

std::string ParseOrHelp(CLI::App& app, std::vector<std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument.starts_with("--") && argument.ends_with('=')) {
      throw std::invalid_argument(argument + ": expected a value after it");
    }
  }
  try {
    std::ranges::reverse(arguments);  // as CLI11 wants it
    app.parse(arguments);
    return "";
  } catch (const CLI::CallForHelp&) {
    return app.help();
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(fmt::format("{}; see --help", error.what()));
  }
}

int RunWithFlags(CLI::App& app, int argc, char** argv, const std::function<int()>& run) {
  return record::GuardedMain(app.get_name(), [&] {
    const std::string help = ParseOrHelp(app, {argv + 1, argv + argc});
    if (!help.empty()) fmt::print("{}", help);
    return help.empty() ? run() : 0;
  });
}

int AvailableProcessors() { return std::max(1, static_cast<int>(machine::AllowedProcessors())); }

}  // namespace biasbench::bench
