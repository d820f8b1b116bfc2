#include "bench/program/flag_values.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>

#include "bench/program/version.h"
#include "record/guarded_main.h"
#include "setting/axis.h"
#include "text/excerpt.h"

namespace biasbench::bench {
namespace {

// The message with excerpts in place of the arguments, or their values, that it quotes in full.
std::string WithExcerpts(std::string message, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    const std::size_t equals = std::min(argument.find('='), argument.size());
    for (const std::string& quoted :
         {argument, argument.substr(std::min(equals + 1, argument.size()))}) {
      const std::string excerpt = text::Excerpt(quoted);
      if (quoted.empty() || excerpt == quoted) continue;
      for (std::size_t at = 0; (at = message.find(quoted, at)) != std::string::npos;) {
        message.replace(at, quoted.size(), excerpt);
        at += excerpt.size();
      }
    }
  }
  return message;
}

}  // namespace

double ParseSeconds(std::string_view text) {
  constexpr double kDay = 24 * 3600;
  const double value = setting::ParseNumber(text);
  if (!(value > 0 && value <= kDay)) {
    throw std::invalid_argument(fmt::format("'{}' is not a number of seconds above 0, up to {}",
                                            text::Excerpt(text), kDay));
  }
  return value;
}

std::vector<std::int64_t> ParseCounts(std::string_view text, const CountRange& range) {
  std::vector<std::int64_t> counts;
  for (const std::string& part : SplitList(text)) counts.push_back(ParseCount(part, range));
  return counts;
}

std::string ParseOrAnswer(CLI::App& app, std::vector<std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument.starts_with("--") && argument.ends_with('=')) {
      throw std::invalid_argument(text::Excerpt(argument) + ": expected a value after it");
    }
    const std::string refusal = setting::RefusalOfReplaced(argument.substr(0, argument.find('=')));
    if (!refusal.empty()) throw std::invalid_argument(refusal);
  }
  AddVersionFlag(app);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    app.parse(reversed);
    return "";
  } catch (const CLI::CallForHelp&) {
    return app.help();
  } catch (const CLI::CallForVersion& version) {
    return std::string(version.what()) + "\n";
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(
        fmt::format("{}; see --help", WithExcerpts(error.what(), arguments)));
  }
}

int RunWithFlags(CLI::App& app, int argc, char** argv, const std::function<int()>& run) {
  return record::GuardedMain(app.get_name(), [&] {
    const std::string answer = ParseOrAnswer(app, {argv + 1, argv + argc});
    if (!answer.empty()) fmt::print("{}", answer);
    return answer.empty() ? run() : 0;
  });
}

}  // namespace biasbench::bench
